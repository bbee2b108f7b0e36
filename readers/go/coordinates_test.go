package datumpb

import (
	"bytes"
	"math"
	"math/rand"
	"testing"

	"github.com/datumpb/datumpb/readers/go/schema"
)

func TestCoordinatesThatAreRefused(t *testing.T) {
	const two53 = 1 << 53
	cases := map[string]struct {
		message *schema.Coordinates
		stride  int
		count   int
	}{
		"integers and f32":  {&schema.Coordinates{Delta: []int64{1, 2}, F32: []float32{1, 2}}, 2, AnyCount},
		"integers and f64":  {&schema.Coordinates{Delta: []int64{1, 2}, F64: []float64{1, 2}}, 2, AnyCount},
		"f32 and f64":       {&schema.Coordinates{F32: []float32{1, 2}, F64: []float64{1, 2}}, 2, AnyCount},
		"Rice and f64":      {&schema.Coordinates{RiceHigh: []byte{3}, F64: []float64{1, 2}}, 2, AnyCount},
		"half a point":      {&schema.Coordinates{Delta: []int64{1, 2, 3}}, 2, AnyCount},
		"too few":           {&schema.Coordinates{Delta: []int64{1, 2, 3}}, 3, 9},
		"none":              {nil, 4, 4},
		"13 decimals":       {&schema.Coordinates{Decimals: 13, Delta: []int64{1, 2}}, 2, AnyCount},
		"above 2^53":        {&schema.Coordinates{Delta: []int64{two53 + 1, 0}}, 2, AnyCount},
		"below -2^53":       {&schema.Coordinates{Delta: []int64{0, -two53 - 1}}, 2, AnyCount},
		"sum above 2^53":    {&schema.Coordinates{Delta: []int64{two53, 0, 1, 0}}, 2, AnyCount},
		"a sum wraps":       {&schema.Coordinates{Delta: []int64{two53, 0, math.MaxInt64, 0, math.MaxInt64, 0, 2, 0}}, 2, AnyCount},
		"55 Rice bits":      {&schema.Coordinates{RiceBits: 55, RiceLow: make([]byte, 14), RiceHigh: []byte{3}}, 2, AnyCount},
		"no Rice codes":     {&schema.Coordinates{RiceHigh: []byte{0}}, 2, AnyCount},
		"short remainders":  {&schema.Coordinates{RiceBits: 5, RiceLow: []byte{0}, RiceHigh: []byte{3}}, 2, AnyCount},
		"long remainders":   {&schema.Coordinates{RiceBits: 5, RiceLow: make([]byte, 3), RiceHigh: []byte{3}}, 2, AnyCount},
		"a huge quotient":   {&schema.Coordinates{Delta: []int64{-two53, 0}, RiceBits: 54, RiceLow: make([]byte, 14), RiceHigh: []byte{0b1100}}, 2, AnyCount},
		"too many for Rice": {&schema.Coordinates{RiceHigh: bytes.Repeat([]byte{255}, 1<<19+1)}, 2, AnyCount},
		"a Rice sum":        {&schema.Coordinates{Delta: []int64{two53, 0}, RiceHigh: []byte{0b1100}}, 2, AnyCount},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			expect(t, second(DecodeCoordinates(c.message, c.stride, c.count)), ErrDamagedFile)
		})
	}
}

func TestCoordinatesAtTheirBounds(t *testing.T) {
	cases := []struct {
		message *schema.Coordinates
		want    []float64
	}{
		{nil, nil},
		{&schema.Coordinates{Decimals: 99, RiceBits: 99, RiceLow: []byte{1}}, nil},
		{&schema.Coordinates{Decimals: 12, Delta: []int64{1 << 53, -1 << 53}}, []float64{9007.199254740992, -9007.199254740992}},
		{&schema.Coordinates{Delta: []int64{1 << 53, 0, -1 << 54, 0}}, []float64{1 << 53, 0, -1 << 53, 0}},
		{&schema.Coordinates{Decimals: 99, F64: []float64{math.Inf(1), negativeZero}}, []float64{math.Inf(1), negativeZero}},
		{&schema.Coordinates{RiceHigh: []byte{0b11, 0}}, []float64{0, 0}}, // a byte that says nothing
	}
	for _, c := range cases {
		got, err := DecodeCoordinates(c.message, 2, AnyCount)
		expect(t, err, nil)
		expectNumbers(t, got, c.want...)
	}
}

// encodeRice is section 12 bit by bit, as slow as that is.
func encodeRice(k uint, differences []int64) (low, high []byte) {
	var lowBits, highBits []byte
	for _, d := range differences {
		u := uint64(d<<1) ^ uint64(d>>63)
		for q := u >> k; q > 0; q-- {
			highBits = append(highBits, 0)
		}
		highBits = append(highBits, 1)
		for bit := uint(0); bit < k; bit++ {
			lowBits = append(lowBits, byte(u>>bit&1))
		}
	}
	return pack(lowBits), pack(highBits)
}

func pack(bits []byte) []byte {
	data := make([]byte, (len(bits)+7)/8)
	for i, bit := range bits {
		data[i/8] |= bit << (i % 8)
	}
	return data
}

func TestRiceCodesOfEveryWidth(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for k := uint(0); k <= maxRiceBits; k++ {
		most := int64(40) << k
		if k > 46 {
			most = 1 << 52
		}
		differences := make([]int64, 30)
		var want []float64
		sums := [2]int64{}
		for i := range differences {
			differences[i] = random.Int63n(most) - most/2
			if sum := sums[i%2]; sum+differences[i] > maxSum || sum+differences[i] < -maxSum {
				differences[i] = -differences[i]
			}
			sums[i%2] += differences[i]
			want = append(want, float64(sums[i%2])/100)
		}
		low, high := encodeRice(k, differences[2:])
		message := &schema.Coordinates{Decimals: 2, Delta: differences[:2], RiceBits: uint32(k), RiceLow: low, RiceHigh: high}
		got, err := DecodeCoordinates(message, 2, AnyCount)
		expect(t, err, nil)
		expectNumbers(t, got, want...)
	}
}
