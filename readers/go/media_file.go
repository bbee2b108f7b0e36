package datumpb

import (
	"errors"
	"io"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// OpenMediaFile opens an encrypted media file and decrypts it while it is read. logicalPath is the path under which the
// dataset knows the file (MediaRef.path): a file that was moved or swapped is ErrMediaMismatch. Its last bytes are handed
// out when all of it was checked; until then, reading may end in an error.
func OpenMediaFile(path, logicalPath string, opts ...Option) (io.ReadCloser, error) {
	file, size, err := openSource(path)
	if err != nil {
		return nil, err
	}
	next, err := mediaPieces(file, size, path, logicalPath, collect(opts).key)
	if err != nil {
		_ = file.Close() // it was only read
		return nil, err
	}
	return &heldReader{next: next, closer: file}, nil
}

// mediaPieces returns the bodies of the MEDIA records one after the other, and io.EOF when all was checked.
func mediaPieces(file io.ReaderAt, size int64, name, logicalPath string, key *string) (pieces, error) {
	src, err := newSource(file, size, name)
	if err != nil {
		return nil, err
	}
	c, err := openContainer(src, key, schema.ContentType_CONTENT_TYPE_MEDIA)
	if err != nil {
		return nil, err
	}
	if c.seal == nil {
		return nil, src.about(refuse(ErrMediaMismatch, "a media file of this kind has to be encrypted"))
	}
	meta := new(schema.MediaMeta)
	if err := c.readMeta(meta); err != nil {
		return nil, err
	}
	if meta.GetPath() != logicalPath {
		return nil, src.about(refuse(ErrMediaMismatch, "this is another media file of the dataset, moved here"))
	}
	walker := newWalker(c)
	var total uint64
	return func() ([]byte, error) {
		for {
			record, err := walker.next()
			if errors.Is(err, io.EOF) && total != c.footer.GetMediaSize() {
				return nil, src.about(damaged("%d bytes were written, %d are there", c.footer.GetMediaSize(), total))
			}
			if err != nil {
				return nil, err
			}
			if record.GetKind() == kindMedia {
				body, err := c.body(record)
				total += uint64(len(body))
				return body, err
			}
		}
	}, nil
}

// pieces returns the next piece of something, which may be empty, and io.EOF behind the last, when all was checked.
type pieces func() ([]byte, error)

// heldReader reads pieces, one behind: the last is handed out when all was checked.
type heldReader struct {
	next        pieces
	ready, held []byte
	err         error
	closer      io.Closer
}

// Read reads up to len(p) bytes.
func (h *heldReader) Read(p []byte) (int, error) {
	for len(h.ready) == 0 {
		if h.err != nil {
			return 0, h.err
		}
		piece, err := h.next()
		switch {
		case errors.Is(err, io.EOF):
			h.ready, h.held, h.err = h.held, nil, io.EOF
		case err != nil:
			h.held, h.err = nil, err
		case len(piece) > 0:
			h.ready, h.held = h.held, piece
		}
	}
	count := copy(p, h.ready)
	h.ready = h.ready[count:]
	return count, nil
}

// Close closes the file.
func (h *heldReader) Close() error { return h.closer.Close() }
