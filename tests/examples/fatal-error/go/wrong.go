// SPDX-License-Identifier: Apache-2.0
//
// wrong.go - goes on with a producer that has stopped for good
//
// raises: fatal-error
// run: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
package main

import (
	"fmt"
	"os"

	"github.com/confluentinc/confluent-kafka-go/kafka"
)

func newProducer(settings kafka.ConfigMap) *kafka.Producer {
	settings["bootstrap.servers"] = os.Args[1]
	p, err := kafka.NewProducer(&settings)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return p
}

var topic = "orders"

func message(order int) *kafka.Message {
	return &kafka.Message{
		TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
		Value:          []byte(fmt.Sprint("order ", order)),
		Opaque:         order,
	}
}

func main() {
	p := newProducer(kafka.ConfigMap{"enable.idempotence": true})
	// --8<--
	go func() {
		for e := range p.Events() {
			fmt.Println(e) // a fatal error, too, is only printed
		}
	}()
	for order := 0; order < 100; order++ {
		if err := p.Produce(message(order), nil); err != nil {
			fmt.Println(err) // after a fatal error each is refused
		}
		for p.Flush(1000) > 0 {
		}
	}
	// --8<--
	p.Close()
}
