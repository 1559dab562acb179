// Package julia stands in for one more grammar, of another module: see ../../no-grammars/sitter.go.
package julia

import sitter "github.com/smacker/go-tree-sitter"

func GetLanguage() *sitter.Language { return &sitter.Language{} }
