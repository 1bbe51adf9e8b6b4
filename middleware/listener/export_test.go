package listener

import (
	"maps"
	"slices"
)

// Images returns the refusals' bytes, without a Date.
func Images() []string { return slices.Sorted(maps.Keys(refusals)) }

// Trail returns the trail of the refusal with that image.
func Trail(image string) []string { return refusals[image].trail }

// Dateless returns p without its Date header.
func Dateless(p []byte) string { return string(appendDateless(nil, p)) }
