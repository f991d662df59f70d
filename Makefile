# Each target is a line that a person could have typed.

.PHONY: check tour test race verdicts stability matrix lint generate bench bench-load bench-okta bench-groups bench-groups-provider load load-sizes load-ladder load-limits modules foreign fuzz clean

check: ## build, play the scenarios against the bundled server, say where the page is
	go run ./cmd/scimproof check

tour: ## walk through the provider's page, and see what Okta and a server do under each of its headings; stays until interrupted
	go run ./cmd/scimproof tour

test: ## all tests of this module; needs Go alone, and names what it skips
	go test ./...
	@go test -v -run TestTheSuiteSaysTheSameInAContainer ./target/container | grep -B1 -e '--- SKIP' || true
	@go test -v -run TestThePageInABrowser/none ./cmd/scimproof | grep -B1 -e '--- SKIP' || true

race: ## the same under the race detector, but for what plays every scenario many times; needs a C compiler
	go test -race -short -timeout 20m ./...

verdicts: ## what race leaves out, without the detector: every fault, mood, habit, name and reading, whole runs of the program, a thousand seeds of one group for both
	go test -timeout 20m ./features ./cmd/scimproof ./mockokta/provision ./loadgen

foreign: ## the suite against a server on somebody else's SCIM library
	cd target/foreign && go test ./...

stability: ## the same verdicts again and again: random order, 1 and 8 jobs, race detector; every ordering rule over 1,500 seeds, and missed when it is taken away; 10,000 races of one group; 20 kills
	SCIMPROOF_STABILITY=200 go test -race -timeout 60m -run Stability -v ./features
	SCIMPROOF_SEEDS=1500 go test -race -timeout 60m -v -run 'OneSeed|SeedsDiffer|IdsDecide' ./mockokta/provision
	SCIMPROOF_SEEDS=10000 go test -timeout 60m -v -run 'OneGroup|DocumentedOrder' ./mockokta/provision
	SCIMPROOF_KILLS=20 go test -v -run Killed ./cmd/scimproof

matrix: ## every fault against every scenario: what was predicted and not seen, and the reverse; every knob alone, every mood and habit in both dialects
	SCIMPROOF_MATRIX=1 go test -timeout 30m -run 'TestMatrix|TestAGoodServerIsGood|TestMoods|TestGoodServers' -v ./features

fuzz: ## half a minute for each fuzz target
	go test -run '^$$' -fuzz FuzzParseTags -fuzztime 30s -fuzzminimizetime 1x ./features
	go test -run '^$$' -fuzz 'FuzzParse$$' -fuzztime 30s -fuzzminimizetime 1x ./target/refserver/filter
	go test -run '^$$' -fuzz FuzzParsePath -fuzztime 30s -fuzzminimizetime 1x ./target/refserver/filter
	go test -run '^$$' -fuzz FuzzApply -fuzztime 30s -fuzzminimizetime 1x ./target/refserver/patch
	go test -run '^$$' -fuzz FuzzRead -fuzztime 30s -fuzzminimizetime 1x ./target/refserver/resource
	go test -run '^$$' -fuzz FuzzAUser -fuzztime 30s -fuzzminimizetime 1x ./target/refserver
	go test -run '^$$' -fuzz FuzzExpressions -fuzztime 30s -fuzzminimizetime 1x ./mockokta/directory
	go test -run '^$$' -fuzz FuzzExternalNames -fuzztime 30s -fuzzminimizetime 1x ./mockokta/directory
	go test -run '^$$' -fuzz FuzzComparisons -fuzztime 30s -fuzzminimizetime 1x ./mockokta/management
	go test -run '^$$' -fuzz FuzzOddJSON -fuzztime 30s -fuzzminimizetime 1x ./mockokta/management
	go test -run '^$$' -fuzz FuzzAnswers -fuzztime 30s -fuzzminimizetime 1x ./mockokta/scim
	go test -run '^$$' -fuzz FuzzParseSchedule -fuzztime 30s -fuzzminimizetime 1x ./loadgen/pace
	go test -run '^$$' -fuzz FuzzParseSLO -fuzztime 30s -fuzzminimizetime 1x ./loadgen
	go test -run '^$$' -fuzz FuzzRedacting -fuzztime 30s -fuzzminimizetime 1x ./reports/evidence

bench: ## the benchmarks; they measure, tests decide
	go test -run '^$$' -bench . -benchtime 1x ./...

bench-load: ## CPU of a load's requests beside a bare client and vegeta's own attack: 100,000 requests an arm, in alternating slices of one run; how a planted pause shows, how a rate is kept, what a search finds, what a million requests hold of memory, and take to be reported; what a dialogue in flight holds, and an id; the bundled server beside one on somebody else's SCIM library
	go test -run '^$$' -bench CPU -benchtime 20x ./loadgen
	go test -run '^$$' -bench 'Stall|Pace|Capacity' -benchtime 1x ./loadgen
	SCIMPROOF_CROWD=500000 go test -run '^$$' -bench Memory -benchtime 1x ./loadgen
	go test -run '^$$' -bench 'InFlight|IDs' -benchtime 1x ./loadgen
	go test -run '^$$' -bench LoadReport -benchtime 3x ./reports
	cd target/foreign && go test -run '^$$' -bench SameCrowd -benchtime 1x

bench-okta: ## people a second and CPU of the engine's requests beside a bare client that replays them, in alternating slices of one run; what 100,000 people take of it, and importing them
	go test -run '^$$' -bench Provisioning -benchtime 20x ./mockokta/provision
	go test -run '^$$' -bench HundredThousand -benchtime 1x -v ./mockokta
	go test -run '^$$' -bench Import -benchtime 1x ./mockokta

bench-groups: ## groups of several sizes pushed to a server in another process, in both dialects: requests, time, the mock's memory, and what one change costs in each; then the mock alone
	SCIMPROOF_GROUPS="1000 10000 100000" go test -count 1 -timeout 60m -v -run TestGroupSizes ./cmd/scimproof
	go test -run '^$$' -bench GroupPush -benchtime 3x ./mockokta

bench-groups-provider: ## what a change of a group costs at the bundled server beside the group's size, what one of 100,000 costs as a whole, and a page of 100,000 people
	go test -run '^$$' -bench 'GroupPatch|LargeGroup|Pages' -benchmem ./target/refserver

load: ## a demonstration of a minute or so: a small customer onboarded, its groups pushed, changed and read back; then the rate that the bundled server keeps up with
	go build -o scimproof ./cmd/scimproof
	./scimproof load --size smb --phases onboard,push,day-2,mix,offboard,reassign,import --rate 0 --workers 10 --slo 'errors < 0.1%'
	./scimproof load --find-capacity --rate 2000

load-sizes: ## crowds of several sizes at a server in another process: memory, the rate achieved, the time to read them back
	SCIMPROOF_SIZES="200 2000 20000" go test -count 1 -timeout 60m -v -run TestLoadSizes ./cmd/scimproof

load-ladder: ## people a second of closed loops of 1, 4, 10, 35 and 75 dialogues at a time, at a server in another process
	SCIMPROOF_LADDER="1 4 10 35 75" go test -count 1 -timeout 30m -v -run TestLoadLadder ./cmd/scimproof

load-limits: ## a crowd within each limit that can be practised on, and at slow servers; three minutes of mostly waiting
	go build -o scimproof ./cmd/scimproof
	./scimproof load --limit changes-100 --people 250 --dialect oin --phases onboard,push,day-2 --rate 0
	./scimproof load --limit members-8000 --people 8100 --dialect oin --phases onboard,push --rate 0
	./scimproof load --limit concurrent-500 --limit slow-200ms --people 700 --rate 0 --workers 600
	./scimproof load --limit writes-180-a-minute --people 300
	./scimproof load --limit stalls-2s-every-30s --people 2000

modules: ## size and kind of the program that is shipped, and the modules in it
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o scimproof ./cmd/scimproof
	ls -l scimproof
	go version -m scimproof

generate: ## mocks of interfaces, as .mockery.yaml says
	go tool mockery --log-level error

lint: ## formatting, vet, staticcheck, and generated files up to date
	unformatted=$$(go tool -modfile=tools.mod gofumpt -l $$(git ls-files '*.go' ':!*mock_*_test.go')) && test -z "$$unformatted" || { echo "not formatted: $$unformatted" >&2; exit 1; }
	go vet ./...
	cd target/foreign && go vet ./... && go tool -modfile=../../tools.mod staticcheck ./...
	go tool -modfile=tools.mod staticcheck ./...
	go tool mockery --log-level error && changed=$$(git status --porcelain -- '*mock_*_test.go') && test -z "$$changed" || { echo "mocks are not up to date: $$changed" >&2; exit 1; }

clean: ## what runs have left in this folder
	rm -rf scimproof-out scimproof
