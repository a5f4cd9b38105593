// SPDX-License-Identifier: Apache-2.0
// sarama's configuration for where FIELD_SECURITY leads. It brings no SCRAM of its
// own, only a place for one: franz-go's is put there.
package main

import (
	"context"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

type scramClient struct {
	mechanism sasl.Mechanism
	session   sasl.Session
	done      bool
}

func (client *scramClient) Begin(user, password, _ string) error {
	client.mechanism = scram.Auth{User: user, Pass: password}.AsSha512Mechanism()
	return nil
}

// Step answers what the broker said; the first time it has said nothing.
func (client *scramClient) Step(said string) (string, error) {
	var answer []byte
	var err error
	if client.session == nil {
		client.session, answer, err = client.mechanism.Authenticate(context.Background(), "")
	} else {
		client.done, answer, err = client.session.Challenge([]byte(said))
	}
	return string(answer), err
}

func (client *scramClient) Done() bool { return client.done }

// security is what sarama.NewAsyncProducer takes: nil for its defaults.
func security() *sarama.Config {
	listener := facts()
	if listener == nil {
		return nil
	}
	config := sarama.NewConfig()
	config.Net.TLS.Enable = true
	config.Net.TLS.Config = listener.tls()
	if listener.Mechanism != "" {
		config.Net.SASL.Enable = true
		config.Net.SASL.Mechanism = sarama.SASLMechanism(listener.Mechanism)
		config.Net.SASL.User = listener.Username
		config.Net.SASL.Password = listener.Password
		config.Net.SASL.SCRAMClientGeneratorFunc = func() sarama.SCRAMClient {
			return &scramClient{}
		}
	}
	return config
}
