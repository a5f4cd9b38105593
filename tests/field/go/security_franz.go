// SPDX-License-Identifier: Apache-2.0
// franz-go's options for where FIELD_SECURITY leads.
package main

import (
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

func security() []kgo.Opt {
	listener := facts()
	if listener == nil {
		return nil
	}
	options := []kgo.Opt{kgo.DialTLSConfig(listener.tls())}
	switch listener.Mechanism {
	case "PLAIN":
		auth := plain.Auth{User: listener.Username, Pass: listener.Password}
		options = append(options, kgo.SASL(auth.AsMechanism()))
	case "SCRAM-SHA-512":
		auth := scram.Auth{User: listener.Username, Pass: listener.Password}
		options = append(options, kgo.SASL(auth.AsSha512Mechanism()))
	}
	return options
}
