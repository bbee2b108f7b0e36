package datumpb_test

import (
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	datumpb "github.com/datumpb/datumpb/readers/go"
)

func Example() {
	reader, err := datumpb.Open("dataset/annotations/train.datum")
	if err != nil {
		log.Fatal(err)
	}
	defer reader.Close()
	items := reader.Items()
	for items.Next() {
		item := items.Item()
		for i, annotation := range item.GetAnnotations() {
			fmt.Println(item.GetId(), annotation.GetLabelIndex(), item.Coordinates(i))
		}
	}
	if err := items.Err(); err != nil {
		log.Fatal(err)
	}
}

func TestReadmeShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(source), "func Example() {\n")
	body, _, _ := strings.Cut(rest, "\n}\n")
	shown := strings.ReplaceAll("\n"+body, "\n\t", "\n")
	if !strings.Contains(string(readme), "```go"+shown+"\n```") {
		t.Error("the first example of README.md is not the one that is compiled")
	}
}
