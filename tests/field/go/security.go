// SPDX-License-Identifier: Apache-2.0
// What each client must be told to get in where FIELD_SECURITY leads: nothing is
// said of plain text. The folder: ../broker/security.sh.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"os"
	"strings"
)

// Facts are empty where the listener asks for none.
type Facts struct{ CA, Cert, Key, Mechanism, Username, Password string }

func read(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return data
}

// librdkafka's own words.
func librdkafka() map[string]string {
	words := map[string]string{}
	at := os.Getenv("FIELD_SECURITY")
	if at == "" {
		return words
	}
	text := strings.TrimSpace(string(read(at + "/librdkafka.properties")))
	for _, line := range strings.Split(text, "\n") {
		pair := strings.SplitN(line, "=", 2)
		words[pair[0]] = pair[1]
	}
	return words
}

// facts of a listener that is not in plain text, or nil.
func facts() *Facts {
	at := os.Getenv("FIELD_SECURITY")
	if at == "" {
		return nil
	}
	listener := &Facts{}
	if err := json.Unmarshal(read(at+"/settings.json"), listener); err != nil {
		panic(err)
	}
	return listener
}

func (listener *Facts) tls() *tls.Config {
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	if !config.RootCAs.AppendCertsFromPEM(read(listener.CA)) {
		panic("no certificate in " + listener.CA)
	}
	if listener.Cert != "" {
		pair, err := tls.LoadX509KeyPair(listener.Cert, listener.Key)
		if err != nil {
			panic(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config
}
