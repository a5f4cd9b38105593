// SPDX-License-Identifier: Apache-2.0
/*
 * StrangeProducer.java - a Java client whose producer has the name of Kafka's, and another shape
 *
 * It connects to nobody. Its selector is made by the producer's constructor, or by
 * somebody else while there is no producer. Names are looked up as well: by the constructor,
 * which goes no further without an address; or by somebody else, before there is a producer or
 * after.
 *
 * StrangeProducer made|named
 * StrangeProducer finds|asks|asked NAME
 */
package org.apache.kafka.clients.producer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.Selector;

class KafkaProducer {
	final Selector selector;

	KafkaProducer() throws IOException {
		selector = Selector.open();
	}

	KafkaProducer(String name) throws IOException {
		InetAddress.getAllByName(name);
		selector = Selector.open();
	}
}

class StrangeProducer {
	private static void look(String name) {
		try {
			InetAddress.getAllByName(name);
			System.out.println("found");
		} catch (UnknownHostException exception) {
			System.out.println("not found");
		}
	}

	private static void find(String how, String name) throws IOException {
		if (how.equals("asks"))
			look(name);
		String server = how.equals("finds") ? name : "127.0.0.1";

		try (Selector made = new KafkaProducer(server).selector) {
			System.out.println("open " + made.isOpen());
		} catch (UnknownHostException exception) {
			System.out.println("no producer");
		}
		if (how.equals("asked"))
			look(name);
	}

	public static void main(String[] arguments) throws Exception {
		Selector selector;

		if (arguments.length == 2) {
			find(arguments[0], arguments[1]);
			return;
		}

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
