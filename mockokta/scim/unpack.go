package scim

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
)

var errTooLong = fmt.Errorf("the body is longer than %d MiB", maxAnswer>>20)

// unpack reads a body to its end and undoes its content coding: gzip, or deflate
// with or without the zlib header that RFC 9110, section 8.4.1.2, asks for and
// some servers leave out. Who says Accept-Encoding by hand has to do this by hand.
func unpack(wire io.Reader, coding string) ([]byte, error) {
	coding = strings.ToLower(strings.TrimSpace(coding))
	if coding == "" || coding == "identity" {
		return whole(wire)
	}
	packed := bufio.NewReader(&capped{wire, maxAnswer})
	if _, err := packed.Peek(1); err == io.EOF {
		return nil, nil
	}
	plain, err := decoder(packed, coding)
	if err != nil {
		return nil, err
	}
	return whole(plain)
}

// whole reads to the end; nothing is nil.
func whole(plain io.Reader) ([]byte, error) {
	body, err := io.ReadAll(&capped{plain, maxAnswer})
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the body: %w", err)
	case len(body) == 0:
		return nil, nil
	}
	return body, nil
}

func decoder(packed *bufio.Reader, coding string) (io.Reader, error) {
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(packed)
	case "deflate":
		if head, err := packed.Peek(2); err == nil && isZlib(head) {
			return zlib.NewReader(packed)
		}
		return flate.NewReader(packed), nil
	}
	return nil, fmt.Errorf("a content coding that was not asked for: %q", coding)
}

// isZlib tells a zlib header (RFC 1950, section 2.2) from raw deflate.
func isZlib(head []byte) bool {
	return head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// capped reads at most so many bytes, and fails where there are more.
type capped struct {
	from io.Reader
	left int
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, errTooLong
	}
	n, err := c.from.Read(p[:min(len(p), c.left+1)])
	if c.left -= n; c.left < 0 {
		return n, errTooLong
	}
	return n, err
}
