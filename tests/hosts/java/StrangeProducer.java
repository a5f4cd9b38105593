// SPDX-License-Identifier: Apache-2.0
/*
 * StrangeProducer.java - a Java client whose producer has the name of Kafka's, and another shape
 *
 * It connects to nobody. Its selector is made by the producer's constructor, or by
 * somebody else while there is no producer.
 *
 * StrangeProducer made|named
 */
package org.apache.kafka.clients.producer;

import java.io.IOException;
import java.nio.channels.Selector;

class KafkaProducer {
	final Selector selector;

	KafkaProducer() throws IOException {
		selector = Selector.open();
	}
}

class StrangeProducer {
	public static void main(String[] arguments) throws Exception {
		Selector selector;

		if (arguments[0].equals("made")) {
			selector = new KafkaProducer().selector;
		} else {
			Class.forName("org.apache.kafka.clients.producer.KafkaProducer");
			selector = Selector.open();
		}
		System.out.println("open " + selector.isOpen());
		selector.close();
	}
}
