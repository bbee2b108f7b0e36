package datumpb

import (
	"bytes"
	"testing"

	"github.com/datumpb/datumpb/readers/go/schema"
)

func entry(offset, seq uint64, items uint32) *schema.BlockEntry {
	return &schema.BlockEntry{Offset: offset, Seq: seq, ItemCount: items}
}

func TestIndexesThatAreRefused(t *testing.T) {
	ids := func(count int) []uint32 { return make([]uint32, count) }
	cases := map[string]*schema.Index{
		"a block without items": {Blocks: []*schema.BlockEntry{entry(1, 1, 0), entry(2, 2, 1)}, ItemIdCrc32: ids(1)},
		"an offset twice":       {Blocks: []*schema.BlockEntry{entry(1, 1, 1), entry(1, 2, 1)}, ItemIdCrc32: ids(2)},
		"a seq twice":           {Blocks: []*schema.BlockEntry{entry(1, 1, 1), entry(2, 1, 1)}, ItemIdCrc32: ids(2)},
		"too few ids":           {Blocks: []*schema.BlockEntry{entry(1, 1, 2)}, ItemIdCrc32: ids(1)},
		"too many ids":          {Blocks: []*schema.BlockEntry{entry(1, 1, 2)}, ItemIdCrc32: ids(3)},
	}
	for name, index := range cases {
		t.Run(name, func(t *testing.T) {
			table := &blockTable{firstItem: []int{0}}
			expect(t, table.add(marshal(t, index), 1000), ErrDamagedFile)
		})
	}
}

// What a hostile INDEX makes a reader keep is no more than the file can have.
func TestIndexesBeyondTheFileAreNotKept(t *testing.T) {
	const most = 100
	bodies := map[string][]byte{
		"blocks":             bytes.Repeat(marshal(t, &schema.Index{Blocks: []*schema.BlockEntry{entry(1, 1, 1)}}), 1000),
		"empty blocks":       bytes.Repeat([]byte{0x0a, 0}, 1000),
		"ids":                marshal(t, &schema.Index{ItemIdCrc32: make([]uint32, 1000)}),
		"ids one by one":     bytes.Repeat([]byte{0x15, 0, 0, 0, 0}, 1000),
		"items of one block": marshal(t, &schema.Index{Blocks: []*schema.BlockEntry{entry(1, 1, 1<<32-1)}}),
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			table := &blockTable{firstItem: []int{0}}
			expect(t, table.add(body, most), ErrDamagedFile)
			if len(table.blocks) > most || len(table.idCRC32) > most || table.itemCount() > most {
				t.Errorf("%d blocks, %d ids, %d items are kept", len(table.blocks), len(table.idCRC32), table.itemCount())
			}
		})
	}
}

func TestIDsNeedNotBePacked(t *testing.T) {
	table := &blockTable{firstItem: []int{0}}
	body := marshal(t, &schema.Index{Blocks: []*schema.BlockEntry{entry(1, 1, 2)}, ItemIdCrc32: []uint32{7}})
	expect(t, table.add(append(body, 0x15, 8, 0, 0, 0), 2), nil)
	if len(table.idCRC32) != 2 || table.idCRC32[0] != 7 || table.idCRC32[1] != 8 {
		t.Errorf("the ids are %v", table.idCRC32)
	}
}
