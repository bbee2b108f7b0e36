package datumpb

import (
	"math/bits"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const (
	maxDecimals  = 12
	maxSum       = 1 << 53
	maxRiceBits  = 54
	maxRiceCount = 1 << 22
	// AnyCount lets DecodeCoordinates take any multiple of the stride.
	AnyCount = -1
)

var scales = [maxDecimals + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}

// DecodeCoordinates returns the numbers of a message, as docs/FORMAT.md has them in section 12.
//
// stride is how many numbers make a point, count how many there have to be in all. Both are stated where the schema uses
// the message: PointsCategory.positions, for one, has stride 2 and AnyCount. For annotations see Item.Coordinates.
func DecodeCoordinates(message *schema.Coordinates, stride, count int) ([]float64, error) {
	return appendCoordinates(nil, message, stride, count)
}

// appendCoordinates is DecodeCoordinates behind what is in numbers already.
func appendCoordinates(numbers []float64, message *schema.Coordinates, stride, count int) ([]float64, error) {
	start := len(numbers)
	integers := len(message.GetDelta()) > 0 || len(message.GetRiceHigh()) > 0
	single, double := message.GetF32(), message.GetF64()
	if integers && len(single)+len(double) > 0 || len(single) > 0 && len(double) > 0 {
		return nil, damaged("coordinates are written in two ways at once")
	}
	for _, number := range single {
		numbers = append(numbers, float64(number))
	}
	numbers = append(numbers, double...)
	if integers {
		var err error
		if numbers, err = appendScaled(numbers, message, stride); err != nil {
			return nil, err
		}
	}
	found := len(numbers) - start
	if found%stride != 0 || count != AnyCount && found != count {
		return nil, damaged("%d coordinates do not fit their shape", found)
	}
	return numbers, nil
}

// appendScaled decodes integers: running sums, divided by a power of ten.
func appendScaled(numbers []float64, message *schema.Coordinates, stride int) ([]float64, error) {
	if message.GetDecimals() > maxDecimals {
		return nil, damaged("coordinates have %d decimals, at most %d are allowed", message.GetDecimals(), maxDecimals)
	}
	sums := make([]int64, stride)
	scale := scales[message.GetDecimals()]
	place := 0
	add := func(difference int64) bool {
		// A sum that wraps around is noticed: from within the bounds it cannot come out within them.
		sum := sums[place] + difference
		if sum > maxSum || sum < -maxSum {
			return false
		}
		numbers = append(numbers, float64(sum)/scale)
		sums[place] = sum
		if place++; place == stride {
			place = 0
		}
		return true
	}
	for _, difference := range message.GetDelta() {
		if !add(difference) {
			return nil, errSum
		}
	}
	if len(message.GetRiceHigh()) > 0 {
		if err := eachRice(message.GetRiceBits(), message.GetRiceLow(), message.GetRiceHigh(), add); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

var errSum = damaged("coordinates have a running sum beyond 2^53")

// eachRice decodes Rice codes: quotients in unary in high, remainders of k bits in low, both from the lowest bit up.
func eachRice(k uint32, low, high []byte, add func(int64) bool) error {
	count := 0
	for _, b := range high {
		count += bits.OnesCount8(b)
	}
	if k > maxRiceBits || count == 0 || count > maxRiceCount || len(low) != (count*int(k)+7)/8 {
		text := "Rice-coded coordinates are malformed: %d numbers, %d bits each, in %d bytes"
		return damaged(text, count, k, len(low))
	}
	var quotient uint64
	remainders := bitReader{data: low}
	for _, b := range high {
		for from := 0; from < 8; {
			zeros := bits.TrailingZeros8(b >> from)
			if zeros >= 8-from {
				quotient += uint64(8 - from)
				break
			}
			quotient += uint64(zeros)
			from += zeros + 1
			if quotient>>(maxRiceBits+1-k) != 0 {
				return damaged("a Rice-coded coordinate is out of range")
			}
			number := quotient<<k | remainders.read(k)
			if !add(int64(number>>1) ^ -int64(number&1)) {
				return errSum
			}
			quotient = 0
		}
	}
	return nil
}

// bitReader takes numbers of a few bits each, the lowest bit first.
type bitReader struct {
	data  []byte
	at    int
	bits  uint64
	count uint32
}

// read returns the next k bits, at most 54; the caller knows that they are there.
func (r *bitReader) read(k uint32) uint64 {
	for r.count < k {
		r.bits |= uint64(r.data[r.at]) << r.count
		r.at++
		r.count += 8
	}
	number := r.bits & (1<<k - 1)
	r.bits >>= k
	r.count -= k
	return number
}
