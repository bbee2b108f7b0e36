package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// one is the class of error that one of a class is, too.
var one = map[string]string{"TruncatedFile": "DamagedFile", "Authentication": "DamagedFile"}

// TestTheSuite: what is refused, and as what. The values of what is read are compared by the suite's own runner.
func TestTheSuite(t *testing.T) {
	manifest, err := os.ReadFile(filepath.Join(suite, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var listed struct {
		Cases []struct {
			Name, File, Kind, Key, Path string
			Error                       json.RawMessage
			Modes                       []string
		}
	}
	if err := json.Unmarshal(manifest, &listed); err != nil {
		t.Fatal(err)
	}
	for _, c := range listed.Cases {
		modes := c.Modes
		if len(modes) == 0 {
			modes = []string{"items", "random", "verify"}
			if c.Kind == "media" {
				modes = []string{"media"}
			}
		}
		for _, mode := range modes {
			t.Run(c.Name+", "+mode, func(t *testing.T) {
				arguments := []string{mode, filepath.Join(suite, c.File), "--path", c.Path}
				if c.Key != "" {
					arguments = append(arguments, "--key-file", filepath.Join(suite, "keys", c.Key))
				}
				_, lines := program(t, arguments...)
				var last struct{ Error string }
				if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
					t.Fatal(err)
				}
				if allowed := classesOf(t, c.Error); !allowed[last.Error] && !allowed[one[last.Error]] {
					t.Errorf("%q, expected one of %v", last.Error, allowed)
				}
			})
		}
	}
}

// classesOf returns what a case allows: a class, several, or that there is no error.
func classesOf(t *testing.T, listed json.RawMessage) map[string]bool {
	t.Helper()
	var name string
	names := []string{}
	if listed == nil {
		names = []string{""}
	} else if json.Unmarshal(listed, &name) == nil {
		names = []string{name}
	} else if err := json.Unmarshal(listed, &names); err != nil {
		t.Fatal(err)
	}
	allowed := make(map[string]bool)
	for _, name := range names {
		allowed[name] = true
	}
	return allowed
}
