package wire

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
)

// heardBytes of an answer are kept while it is read, for the guard: a list may be
// long. The evidence keeps less of it.
const heardBytes = 16 << 20

// What was heard of an answer's body: its beginning, and its length.
type heard struct {
	start bytes.Buffer
	total int64
}

func (h *heard) add(p []byte) {
	h.total += int64(len(p))
	h.start.Write(p[:min(len(p), heardBytes-h.start.Len())])
}

// plain undoes the encoding that the caller asked for by its own
// Accept-Encoding. What cannot be decoded is kept as it came.
func (h *heard) plain(encoding string) []byte {
	raw := h.start.Bytes()
	var in io.Reader
	var err error
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		in, err = gzip.NewReader(bytes.NewReader(raw))
	case "deflate":
		if in, err = zlib.NewReader(bytes.NewReader(raw)); err != nil {
			in, err = flate.NewReader(bytes.NewReader(raw)), nil // some servers leave the zlib header out
		}
	default:
		return raw
	}
	if err != nil {
		return raw
	}
	plain, err := io.ReadAll(io.LimitReader(in, heardBytes))
	if err != nil && len(plain) == 0 {
		return raw
	}
	return plain
}

// cut: more was heard than is kept.
func (h *heard) cut() bool { return h.total > int64(h.start.Len()) }

// noted says at the end of what is kept that more was heard.
func (h *heard) noted(plain []byte) []byte {
	if !h.cut() {
		return plain
	}
	return fmt.Appendf(plain[:len(plain):len(plain)], "… [%d bytes in all]", h.total)
}
