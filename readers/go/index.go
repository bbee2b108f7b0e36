package datumpb

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"sort"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// Field numbers of Index, ItemBatch and SerializedItemBatch, which are taken apart by hand.
const (
	fieldBlocks      = 1
	fieldItemIDCRC32 = 2
	fieldItems       = 1
)

// place is what a file says of a record that it lists; comparable.
type place struct {
	offset, size, seq uint64
	crc32             uint32
}

// blockEntry is what INDEX says of a block; comparable.
type blockEntry struct {
	place
	itemCount uint32
}

// blockTable is all INDEX records of a file, joined.
type blockTable struct {
	blocks []blockEntry
	// firstItem is the index of each block's first item, and at the end the count of all items.
	firstItem []int
	idCRC32   []uint32
	// byCRC32 is the items' indices by rising CRC-32 of the id.
	byCRC32 []int
}

// readTable reads the INDEX records that FOOTER lists.
func readTable(c *container) (*blockTable, error) {
	table := &blockTable{firstItem: []int{0}}
	// What is kept is bounded by the size of the file, however well a hostile INDEX is compressed.
	most := itemLimit(c)
	for _, entry := range c.footer.GetIndex() {
		where := place{entry.GetOffset(), entry.GetSize(), entry.GetSeq(), entry.GetCrc32()}
		body, err := c.readListed(kindIndex, where)
		if err != nil {
			return nil, err
		}
		blocks, items := len(table.blocks), len(table.idCRC32)
		if err := table.add(body, most); err != nil {
			return nil, c.src.at(where.offset, err)
		}
		blocks, items = len(table.blocks)-blocks, len(table.idCRC32)-items
		if entry.GetBlockCount() != uint64(blocks) || entry.GetItemCount() != uint64(items) {
			return nil, c.src.at(where.offset, damaged("INDEX lists other numbers of blocks or items than FOOTER says"))
		}
	}
	if uint64(len(table.idCRC32)) != c.footer.GetItemCount() {
		return nil, c.src.at(c.footerOffset, damaged("INDEX and FOOTER count different numbers of items"))
	}
	return table, nil
}

// itemLimit is how many items a file may have: each takes at least a byte.
func itemLimit(c *container) uint64 {
	most := c.footer.GetItemCount()
	if most > c.src.size {
		most = c.src.size
	}
	if most > math.MaxInt {
		most = math.MaxInt
	}
	return most
}

// add takes the body of one INDEX record.
func (t *blockTable) add(body []byte, most uint64) error {
	err := eachField(body, "INDEX", func(number protowire.Number, wireType protowire.Type, value []byte) error {
		switch {
		case number == fieldBlocks && wireType == protowire.BytesType:
			return t.addBlock(value, most)
		case number == fieldItemIDCRC32 && (wireType == protowire.BytesType || wireType == protowire.Fixed32Type):
			if len(value)%4 != 0 {
				return damaged("INDEX cannot be parsed")
			}
			if uint64(len(t.idCRC32)+len(value)/4) > most {
				return tooMany()
			}
			for ; len(value) > 0; value = value[4:] {
				t.idCRC32 = append(t.idCRC32, binary.LittleEndian.Uint32(value))
			}
		}
		return nil
	})
	if err == nil && len(t.idCRC32) != t.itemCount() {
		return damaged("INDEX lists %d ids for %d items", len(t.idCRC32), t.itemCount())
	}
	return err
}

// addBlock takes a block, which has an item at least: so the number of items bounds that of blocks.
func (t *blockTable) addBlock(data []byte, most uint64) error {
	var entry schema.BlockEntry
	if err := parse(data, &entry, "INDEX"); err != nil {
		return err
	}
	where := place{entry.GetOffset(), entry.GetSize(), entry.GetSeq(), entry.GetCrc32()}
	if entry.GetItemCount() == 0 {
		return damaged("INDEX lists a block without items")
	}
	if uint64(entry.GetItemCount()) > most-uint64(t.itemCount()) {
		return tooMany()
	}
	if n := len(t.blocks); n > 0 && (where.offset <= t.blocks[n-1].offset || where.seq <= t.blocks[n-1].seq) {
		return damaged("INDEX lists blocks twice or out of order")
	}
	t.blocks = append(t.blocks, blockEntry{where, entry.GetItemCount()})
	t.firstItem = append(t.firstItem, t.itemCount()+int(entry.GetItemCount()))
	return nil
}

func tooMany() error { return damaged("INDEX lists more items than the file can have") }

func (t *blockTable) itemCount() int { return t.firstItem[len(t.firstItem)-1] }

// blockOf returns the block that holds the item at an index.
func (t *blockTable) blockOf(item int) int {
	return sort.Search(len(t.blocks), func(block int) bool { return t.firstItem[block+1] > item })
}

// sortIDs prepares candidates.
func (t *blockTable) sortIDs() {
	t.byCRC32 = make([]int, len(t.idCRC32))
	for i := range t.byCRC32 {
		t.byCRC32[i] = i
	}
	sort.SliceStable(t.byCRC32, func(a, b int) bool { return t.idCRC32[t.byCRC32[a]] < t.idCRC32[t.byCRC32[b]] })
}

// candidates returns the indices of the items that may have an id: those whose CRC-32 matches.
func (t *blockTable) candidates(id string) []int {
	want := crc32.ChecksumIEEE([]byte(id))
	first := sort.Search(len(t.byCRC32), func(i int) bool { return t.idCRC32[t.byCRC32[i]] >= want })
	last := first
	for last < len(t.byCRC32) && t.idCRC32[t.byCRC32[last]] == want {
		last++
	}
	return t.byCRC32[first:last]
}

// splitBatch returns the serialized items of a block's body.
func splitBatch(body []byte) ([][]byte, error) {
	var items [][]byte
	err := eachField(body, "BLOCK", func(number protowire.Number, wireType protowire.Type, value []byte) error {
		if number == fieldItems && wireType == protowire.BytesType {
			items = append(items, value)
		}
		return nil
	})
	if err == nil && len(items) == 0 {
		return nil, damaged("a block without items")
	}
	return items, err
}

// eachField calls visit with the fields of a message, in their order. The value of bytes is without its length.
func eachField(data []byte, name string, visit func(protowire.Number, protowire.Type, []byte) error) error {
	for len(data) > 0 {
		number, wireType, tagSize := protowire.ConsumeTag(data)
		if tagSize < 0 {
			return damaged("%s cannot be parsed", name)
		}
		size := protowire.ConsumeFieldValue(number, wireType, data[tagSize:])
		if size < 0 {
			return damaged("%s cannot be parsed", name)
		}
		value := data[tagSize : tagSize+size]
		if wireType == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		if err := visit(number, wireType, value); err != nil {
			return err
		}
		data = data[tagSize+size:]
	}
	return nil
}
