package datumpb

import (
	"io"
	"path/filepath"
	"sync"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const annotationsFolder = "annotations"

// Reader reads an annotation file. It may be used by several goroutines at once.
type Reader struct {
	c         *container
	closer    io.Closer
	meta      *schema.Meta
	table     *blockTable
	key       *string
	mediaRoot *string

	mu sync.Mutex
	// The block that was last asked for by index or id, and its items.
	cached      int
	cachedItems [][]byte
}

// Open opens the annotation file of this name, and reads what it says of itself: HEADER, META, INDEX and FOOTER. The
// caller has to close the Reader.
func Open(path string, opts ...Option) (*Reader, error) {
	file, size, err := openSource(path)
	if err != nil {
		return nil, err
	}
	o := collect(opts)
	if o.mediaRoot == nil {
		root, err := datasetRoot(path)
		if err != nil {
			_ = file.Close() // it was only read
			return nil, err
		}
		o.mediaRoot = &root
	}
	reader, err := newReader(file, size, path, o)
	if err != nil {
		_ = file.Close() // it was only read
		return nil, err
	}
	reader.closer = file
	return reader, nil
}

// OpenReaderAt opens an annotation file of size bytes, wherever it is. Close does not close it.
func OpenReaderAt(file io.ReaderAt, size int64, opts ...Option) (*Reader, error) {
	return newReader(file, size, "", collect(opts))
}

func newReader(file io.ReaderAt, size int64, name string, o options) (*Reader, error) {
	src, err := newSource(file, size, name)
	if err != nil {
		return nil, err
	}
	c, err := openContainer(src, o.key, schema.ContentType_CONTENT_TYPE_ANNOTATIONS)
	if err != nil {
		return nil, err
	}
	meta := new(schema.Meta)
	if err := c.readMeta(meta); err != nil {
		return nil, err
	}
	if err := checkMeta(meta); err != nil {
		return nil, src.at(c.headerEnd, err)
	}
	table, err := readTable(c)
	if err != nil {
		return nil, err
	}
	return &Reader{c: c, meta: meta, table: table, key: o.key, mediaRoot: o.mediaRoot, cached: -1}, nil
}

func datasetRoot(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	folder := filepath.Dir(path)
	if filepath.Base(folder) == annotationsFolder {
		return filepath.Dir(folder), nil
	}
	return folder, nil
}

// Close closes the file that Open opened.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}

// Header returns the body of HEADER: version, features, writer, the schema that the file carries.
func (r *Reader) Header() *schema.Header { return r.c.header }

// Meta returns what holds for all items: subset, infos, categories, kind of media.
func (r *Reader) Meta() *schema.Meta { return r.meta }

// Categories returns what the numbers in annotations mean; nil: there are none.
func (r *Reader) Categories() *schema.Categories { return r.meta.GetCategories() }

// Statistics returns how many annotations there are of each type and label, as FOOTER has it.
func (r *Reader) Statistics() *schema.Statistics { return r.c.footer.GetStatistics() }

// Encrypted tells whether the file is encrypted.
func (r *Reader) Encrypted() bool { return r.c.seal != nil }

// Len returns how many items there are.
func (r *Reader) Len() int { return r.table.itemCount() }

// Item returns the item at an index, from 0. Only the block that has it is read. An index that there is not is
// ErrItemNotFound.
func (r *Reader) Item(index int) (*Item, error) {
	if index < 0 || index >= r.Len() {
		return nil, r.c.src.about(refuse(ErrItemNotFound, "there is no item %d, the file has %d", index, r.Len()))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.item(index)
}

// ItemByID returns the item of an id. Only the block that has it is read. An id that no item has is ErrItemNotFound.
func (r *Reader) ItemByID(id string) (*Item, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.table.byCRC32 == nil {
		r.table.sortIDs()
	}
	for _, index := range r.table.candidates(id) {
		item, err := r.item(index)
		if err != nil {
			return nil, err
		}
		if item.GetId() == id {
			return item, nil
		}
	}
	return nil, r.c.src.about(refuse(ErrItemNotFound, "no item has the id %.60q", id))
}

// item returns the item at an index that there is; the caller holds the lock.
func (r *Reader) item(index int) (*Item, error) {
	block := r.table.blockOf(index)
	if block != r.cached {
		items, err := r.readBlock(block)
		if err != nil {
			return nil, err
		}
		r.cached, r.cachedItems = block, items
	}
	item, err := newItem(r.cachedItems[index-r.table.firstItem[block]])
	return item, r.c.src.at(r.table.blocks[block].offset, err)
}

// readBlock returns the serialized items of a block.
func (r *Reader) readBlock(block int) ([][]byte, error) {
	entry := r.table.blocks[block]
	body, err := r.c.readListed(kindBlock, entry.place)
	if err != nil {
		return nil, err
	}
	items, err := splitBatch(body)
	if err == nil && len(items) != int(entry.itemCount) {
		err = damaged("the block holds %d items, INDEX says %d", len(items), entry.itemCount)
	}
	return items, r.c.src.at(entry.offset, err)
}
