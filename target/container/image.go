package container

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// makeImage makes an image from scratch with nothing but the program in it.
//
// It is imported, not built: one step, which succeeds or leaves nothing. The
// classic builder starts a container for every line of a Dockerfile, and took
// seconds where this takes a tenth of one.
func (e *engine) makeImage(ctx context.Context, name string, binary []byte, labels map[string]string) error {
	files, err := onlyFile("scimproof", binary)
	if err != nil {
		return err
	}
	all := testcontainers.GenericLabels() // by these Ryuk knows the image
	maps.Copy(all, labels)
	source := client.ImageImportSource{Source: files, SourceName: "-"}
	result, err := e.ImageImport(ctx, source, name, client.ImageImportOptions{Changes: dockerfile(all)})
	if err != nil {
		return fmt.Errorf("make an image: %w", err)
	}
	defer result.Close()
	for progress := json.NewDecoder(result); ; {
		var line struct {
			Error string `json:"error"`
		}
		switch err := progress.Decode(&line); {
		case err == io.EOF:
			return nil
		case err == nil && line.Error != "":
			return errors.New("make an image: " + line.Error)
		case err != nil:
			return fmt.Errorf("make an image: %w", err)
		}
	}
}

// dockerfile is what turns the file into an image of our server.
func dockerfile(labels map[string]string) []string {
	lines := []string{
		"USER 65532",
		fmt.Sprintf(`ENTRYPOINT ["/scimproof", "serve", "target", "--listen", "0.0.0.0:%d"]`, defaultPort),
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		lines = append(lines, fmt.Sprintf("LABEL %s=%q", name, labels[name]))
	}
	return lines
}

// imageName has a registry, though none has it: else the library would put its
// configured one in front.
func imageName(run string) string { return "localhost/scimproof-target:" + strings.ToLower(run) }

// onlyFile is an archive with one program in it.
func onlyFile(name string, body []byte) (io.Reader, error) {
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(body))}); err != nil {
		return nil, err
	}
	if _, err := archive.Write(body); err != nil {
		return nil, err
	}
	return &out, archive.Close()
}
