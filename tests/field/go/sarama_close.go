// SPDX-License-Identifier: Apache-2.0
// The AsyncProducer of sarama's documentation ("Select"), for so many messages.
package main

import (
	"log"
	"os"
	"strconv"

	"github.com/IBM/sarama"
)

func main() {
	producer, err := sarama.NewAsyncProducer([]string{os.Args[1]}, security())
	if err != nil {
		panic(err)
	}

	defer func() {
		if err := producer.Close(); err != nil {
			log.Fatalln(err)
		}
	}()

	count, _ := strconv.Atoi(os.Args[3])
	var enqueued, producerErrors int
	for enqueued < count {
		select {
		case producer.Input() <- &sarama.ProducerMessage{Topic: os.Args[2], Key: nil, Value: sarama.StringEncoder("testing 123")}:
			enqueued++
		case err := <-producer.Errors():
			log.Println("Failed to produce message", err)
			producerErrors++
		}
	}

	log.Printf("Enqueued: %d; errors: %d\n", enqueued, producerErrors)
}
