// Package replicas has the test that the story of examples/replicas holds.
package replicas
