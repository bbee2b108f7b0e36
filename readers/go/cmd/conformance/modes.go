package main

import (
	"bytes"
	"hash/crc32"
	"io"
	"os"
	"time"

	datumpb "github.com/datumpb/datumpb/readers/go"
)

type request struct {
	file, logicalPath string
	opts              []datumpb.Option
}

var modes = map[string]func(*printer, request) error{
	"items":  withReader(printItems),
	"random": withReader(printRandom),
	"verify": withReader(verify),
	"speed":  speed,
	"media":  printMedia,
}

func withReader(run func(*printer, *datumpb.Reader) error) func(*printer, request) error {
	return func(out *printer, asked request) error {
		reader, err := datumpb.Open(asked.file, asked.opts...)
		if err != nil {
			return err
		}
		defer reader.Close()
		return run(out, reader)
	}
}

func printItems(out *printer, reader *datumpb.Reader) error {
	out.meta(reader.Meta())
	items := reader.Items()
	for items.Next() {
		out.write(itemLine(items.Item()))
	}
	if err := items.Err(); err != nil {
		return err
	}
	out.print(map[string]any{"end": reader.Len()})
	return nil
}

func printRandom(out *printer, reader *datumpb.Reader) error {
	out.meta(reader.Meta())
	lines := make([][]byte, reader.Len())
	for i := len(lines) - 1; i >= 0; i-- {
		item, err := reader.Item(i)
		if err != nil {
			return err
		}
		same, err := reader.ItemByID(item.GetId())
		if err != nil {
			return err
		}
		lines[i] = itemLine(item)
		if !bytes.Equal(lines[i], itemLine(same)) {
			return errMismatch
		}
	}
	for _, line := range lines {
		out.write(line)
	}
	out.print(map[string]any{"end": len(lines)})
	return nil
}

func verify(out *printer, reader *datumpb.Reader) error {
	if err := reader.Verify(); err != nil {
		return err
	}
	out.print(map[string]any{"end": reader.Len()})
	return nil
}

func printMedia(out *printer, asked request) error {
	media, err := datumpb.OpenMediaFile(asked.file, asked.logicalPath, asked.opts...)
	if err != nil {
		return err
	}
	defer media.Close()
	sum := crc32.NewIEEE()
	size, err := io.Copy(sum, media)
	if err != nil {
		return err
	}
	out.print(map[string]any{"media": map[string]any{"size": size, "crc32": sum.Sum32()}})
	return nil
}

// speed reads the file again and again for two seconds; coordinates are decoded with each item.
func speed(out *printer, asked request) error {
	const enough = 2 * time.Second
	info, err := os.Stat(asked.file)
	if err != nil {
		return err
	}
	passes := 0
	start := time.Now()
	for time.Since(start) < enough {
		reader, err := datumpb.Open(asked.file, asked.opts...)
		if err != nil {
			return err
		}
		items := reader.Items()
		for items.Next() {
		}
		_ = reader.Close() // it was only read
		if err := items.Err(); err != nil {
			return err
		}
		passes++
	}
	megabytes := float64(info.Size()) * float64(passes) / 1e6
	out.print(map[string]any{"megabytes_per_second": megabytes / time.Since(start).Seconds()})
	return nil
}
