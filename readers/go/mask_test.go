package datumpb

import (
	"reflect"
	"testing"

	"github.com/datumpb/datumpb/readers/go/schema"
)

func TestMasksOfTheDocument(t *testing.T) {
	cases := []struct {
		height, width uint32
		counts        string
		want          []uint32
	}{
		{4, 5, "5220003", []uint32{5, 2, 2, 2, 2, 2, 5}},
		{100, 90, "lo0b1b10Rg3_N]3", []uint32{1020, 50, 50, 50, 3860, 1, 3969}},
		{0, 0, "", nil},
		{65536, 65535, "PPPnoo3", []uint32{4294901760}},
	}
	for _, c := range cases {
		runs, err := MaskRuns(&schema.Mask{Height: c.height, Width: c.width, Counts: []byte(c.counts)})
		expect(t, err, nil)
		if !reflect.DeepEqual(runs, c.want) {
			t.Errorf("%s: got %v", c.counts, runs)
		}
	}
}

func TestMasksThatAreRefused(t *testing.T) {
	cases := map[string]*schema.Mask{
		"no runs":             {Height: 1, Width: 1},
		"a pixel too many":    {Height: 4, Width: 5, Counts: []byte("5220004")},
		"below 0":             {Height: 1, Width: 1, Counts: []byte("1/")},
		"above o":             {Height: 1, Width: 1, Counts: []byte("1p")},
		"cut off":             {Height: 4, Width: 5, Counts: []byte("522000S")},
		"a negative run":      {Height: 1, Width: 1, Counts: []byte("O2")},
		"a negative sum":      {Height: 1, Width: 1, Counts: []byte("011N1")},
		"nine digits":         {Height: 1, Width: 1, Counts: []byte("PPPPPPPP0")},
		"a run beyond 2^32":   {Height: 65536, Width: 65536, Counts: []byte("PPPPPP4")},
		"pixels beyond 2^32":  {Height: 65536, Width: 65536, Counts: []byte("oooooo31")},
		"no mask of any size": {Height: 1<<32 - 1, Width: 1<<32 - 1, Counts: []byte("1")},
	}
	for name, mask := range cases {
		t.Run(name, func(t *testing.T) {
			expect(t, second(MaskRuns(mask)), ErrDamagedFile)
		})
	}
}
