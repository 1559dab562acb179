// Package sitter stands in for go-tree-sitter, which Vale finds comments in source code with.
//
// Its grammars of 18 programming languages are C: they need a C compiler, and minutes. Vale reads Markdown and YAML here.
// Source code that it is given all the same ends in an error. Each folder beside this file stands in for one grammar.
package sitter

import (
	"context"
	"errors"
)

// Language is a grammar.
type Language struct{}

// Parser reads source code, or would.
type Parser struct{}

// Tree is what a Parser returns.
type Tree struct{}

// Query is a pattern of nodes.
type Query struct{}

// QueryCursor goes through the matches of a Query.
type QueryCursor struct{}

// QueryMatch is one match.
type QueryMatch struct{ Captures []QueryCapture }

// QueryCapture is a named node of a match.
type QueryCapture struct {
	Index uint32
	Node  *Node
}

// Node is a part of a Tree.
type Node struct{}

// Point is a place in the source code.
type Point struct{ Row, Column uint32 }

var errLeftOut = errors.New("this Vale was built without the grammars of programming languages")

// NewParser returns a Parser.
func NewParser() *Parser { return &Parser{} }

// SetLanguage does nothing.
func (*Parser) SetLanguage(*Language) {}

// ParseCtx returns an error that says what is missing.
func (*Parser) ParseCtx(context.Context, *Tree, []byte) (*Tree, error) { return nil, errLeftOut }

// RootNode returns an empty Node.
func (*Tree) RootNode() *Node { return &Node{} }

// Content returns nothing.
func (*Node) Content([]byte) string { return "" }

// StartPoint returns the first place.
func (*Node) StartPoint() Point { return Point{} }

// NewQuery returns an error that says what is missing.
func NewQuery([]byte, *Language) (*Query, error) { return nil, errLeftOut }

// CaptureNameForId returns nothing.
func (*Query) CaptureNameForId(uint32) string { return "" }

// NewQueryCursor returns a QueryCursor without matches.
func NewQueryCursor() *QueryCursor { return &QueryCursor{} }

// Exec does nothing.
func (*QueryCursor) Exec(*Query, *Node) {}

// NextMatch says that there is none.
func (*QueryCursor) NextMatch() (*QueryMatch, bool) { return nil, false }

// FilterPredicates returns the match as it is.
func (*QueryCursor) FilterPredicates(match *QueryMatch, _ []byte) *QueryMatch { return match }
