package auth

import (
	"fmt"
	"io"
	"log/slog"
)

// A Secret is bytes that no text, log or JSON shows.
type Secret []byte

// String hides the secret.
func (s Secret) String() string { return "[secret]" }

// Format hides the secret from every verb.
func (s Secret) Format(f fmt.State, _ rune) { hide(f, "[secret]") }

// LogValue hides the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// hide writes what stands for a value. Package fmt asks no method of what is in
// unexported fields, so that what has hashes or secrets there must do so too.
func hide(f fmt.State, text string) { _, _ = io.WriteString(f, text) }
