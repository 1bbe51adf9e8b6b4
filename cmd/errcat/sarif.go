package main

import (
	"io"
	"net/url"
	"path/filepath"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
)

// SARIF 2.1.0, as far as code scanners read it.
type (
	sarif struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver struct {
				Name  string      `json:"name"`
				Rules []sarifRule `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				StartLine   int `json:"startLine"`
				StartColumn int `json:"startColumn"`
			} `json:"region"`
		} `json:"physicalLocation"`
	}
)

func printSARIF(w io.Writer, faults []catalogfile.Fault) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver.Name = "errcat"
	for _, rule := range catalogfile.Rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{rule.ID, sarifText{rule.About}})
	}
	for _, f := range faults {
		r := sarifResult{RuleID: f.Rule, Level: string(f.Severity), Message: sarifText{f.Problem}}
		var at sarifLocation
		at.Physical.Artifact.URI = uri(f.File)
		at.Physical.Region.StartLine, at.Physical.Region.StartColumn = f.Line, f.Column
		r.Locations = []sarifLocation{at}
		run.Results = append(run.Results, r)
	}
	return encode(w, sarif{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// uri is a relative reference for a relative path.
func uri(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}
