package features

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ParseTags reads a tag expression in cucumber's own syntax: @tags joined by
// and, or, not and brackets, not binding tightest and or loosest. The empty
// expression takes everything. Tags are compared as they are written, the @ left
// away.
func ParseTags(expression string) (func(tags []string) bool, error) {
	if strings.TrimSpace(expression) == "" {
		return func([]string) bool { return true }, nil
	}
	p := &tagParser{words: tagWord.FindAllString(expression, -1)}
	want, err := p.or(0)
	if err == nil && p.at < len(p.words) {
		err = fmt.Errorf("%q is one too many", p.words[p.at])
	}
	if err != nil {
		return nil, fmt.Errorf("the tag expression %q cannot be read: %w", expression, err)
	}
	return want, nil
}

var tagWord = regexp.MustCompile(`[()]|[^\s()]+`)

type tagParser struct {
	words []string
	at    int
}

type tagTest = func(tags []string) bool

// maxBrackets bounds how deep an expression may nest, so that no command line
// can exhaust the stack.
const maxBrackets = 100

func (p *tagParser) or(depth int) (tagTest, error) {
	return p.joined("or", depth, p.and, func(a, b bool) bool { return a || b })
}

func (p *tagParser) and(depth int) (tagTest, error) {
	return p.joined("and", depth, p.not, func(a, b bool) bool { return a && b })
}

func (p *tagParser) joined(word string, depth int, operand func(int) (tagTest, error), join func(a, b bool) bool) (tagTest, error) {
	left, err := operand(depth)
	for err == nil && p.take(word) {
		var right tagTest
		a := left
		right, err = operand(depth)
		left = func(tags []string) bool { return join(a(tags), right(tags)) }
	}
	return left, err
}

func (p *tagParser) not(depth int) (tagTest, error) {
	negated := false
	for p.take("not") {
		negated = !negated
	}
	want, err := p.tag(depth)
	if err != nil || !negated {
		return want, err
	}
	return func(tags []string) bool { return !want(tags) }, nil
}

func (p *tagParser) tag(depth int) (tagTest, error) {
	if p.take("(") {
		if depth >= maxBrackets {
			return nil, fmt.Errorf("it has more than %d brackets within one another", maxBrackets)
		}
		want, err := p.or(depth + 1)
		if err == nil && !p.take(")") {
			err = fmt.Errorf("a closing bracket is missing")
		}
		return want, err
	}
	if p.at == len(p.words) {
		return nil, fmt.Errorf("it ends where a tag should stand")
	}
	word := p.words[p.at]
	name, isTag := strings.CutPrefix(word, "@")
	if !isTag || name == "" {
		return nil, fmt.Errorf("%q stands where a tag should stand, such as @users", word)
	}
	p.at++
	return func(tags []string) bool { return slices.Contains(tags, name) }, nil
}

func (p *tagParser) take(word string) bool {
	if p.at < len(p.words) && p.words[p.at] == word {
		p.at++
		return true
	}
	return false
}
