package datumpb

// Items goes through the items of a file in their order, in constant memory.
type Items struct {
	reader  *Reader
	block   int
	pending [][]byte
	item    *Item
	err     error
}

// Items returns an iterator that stands before the first item.
func (r *Reader) Items() *Items {
	return &Items{reader: r, block: -1}
}

// Next goes to the next item. False: there is none, or it was refused, which Err tells.
func (it *Items) Next() bool {
	it.item = nil
	if it.err != nil {
		return false
	}
	if len(it.pending) == 0 {
		if it.block+1 >= len(it.reader.table.blocks) {
			return false
		}
		it.block++
		if it.pending, it.err = it.reader.readBlock(it.block); it.err != nil {
			return false
		}
	}
	item, err := newItem(it.pending[0])
	if err != nil {
		it.err = it.reader.c.src.at(it.reader.table.blocks[it.block].offset, err)
		return false
	}
	it.pending, it.item = it.pending[1:], item
	return true
}

// Item returns the item that Next went to.
func (it *Items) Item() *Item { return it.item }

// Err returns why Next stopped before the end; nil: it did not.
func (it *Items) Err() error { return it.err }
