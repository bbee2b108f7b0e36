package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	datumpb "github.com/datumpb/datumpb/readers/go"
)

// printer writes JSON documents, one a line.
type printer struct {
	out *bufio.Writer
	err error
}

func newPrinter(out io.Writer) *printer { return &printer{out: bufio.NewWriter(out)} }

func (p *printer) write(line []byte) {
	if p.err == nil {
		_, p.err = p.out.Write(append(line, '\n'))
	}
}

func (p *printer) print(document map[string]any) {
	line, err := json.Marshal(document)
	if p.err == nil {
		p.err = err
	}
	p.write(line)
}

func (p *printer) meta(meta proto.Message) {
	p.write(append(append([]byte(`{"meta": `), message(meta)...), '}'))
}

// close returns the first error of all that was printed.
func (p *printer) close() error {
	if p.err != nil {
		return p.err
	}
	return p.out.Flush()
}

// message returns protobuf's JSON mapping of a message.
func message(m proto.Message) []byte {
	data, err := protojson.Marshal(m)
	if err != nil {
		panic(err) // what was parsed can be printed
	}
	return data
}

func itemLine(item *datumpb.Item) []byte {
	var line bytes.Buffer
	line.WriteString(`{"item": `)
	line.Write(message(item.Item))
	line.WriteString(`, "coordinates": [`)
	separator := ""
	for i := range item.GetAnnotations() {
		numbers := item.Coordinates(i)
		if numbers == nil {
			continue
		}
		line.WriteString(separator + "[")
		for j, number := range numbers {
			if j > 0 {
				line.WriteString(", ")
			}
			line.WriteString(jsonNumber(number))
		}
		line.WriteString("]")
		separator = ", "
	}
	line.WriteString("]}")
	return line.Bytes()
}

func jsonNumber(number float64) string {
	switch {
	case math.IsNaN(number):
		return `"NaN"`
	case math.IsInf(number, 1):
		return `"Infinity"`
	case math.IsInf(number, -1):
		return `"-Infinity"`
	case number == 0 && math.Signbit(number):
		return "-0.0"
	}
	return strconv.FormatFloat(number, 'g', -1, 64)
}
