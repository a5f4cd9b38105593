// SPDX-License-Identifier: Apache-2.0
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;

/**
 * Kafka Streams from one topic to another, and its end: close(), which flushes and commits, or
 * none.
 *
 * Streams BOOTSTRAP FROM TO COUNT at_least_once|exactly_once_v2 close|none
 */
public class Streams {
	public static void main(String[] args) throws Exception {
		Properties settings = new Properties();
		StreamsBuilder builder = new StreamsBuilder();

		Handed.left = new CountDownLatch(Integer.parseInt(args[3]));
		settings.put("application.id", "orders-" + args[2]);
		settings.put("bootstrap.servers", args[0]);
		settings.put("auto.offset.reset", "earliest");
		settings.put("processing.guarantee", args[4]);
		settings.put("commit.interval.ms", "600000");
		settings.put("producer.linger.ms", "600000");
		settings.put("producer.delivery.timeout.ms", "700000");
		settings.put("producer.transaction.timeout.ms", "800000");
		settings.put("producer.interceptor.classes", Handed.class.getName());
		settings.put("default.key.serde", Serdes.StringSerde.class);
		settings.put("default.value.serde", Serdes.StringSerde.class);
		settings.put("state.dir", System.getProperty("java.io.tmpdir") + "/" + args[2]);
		builder.<String, String>stream(args[1]).mapValues(value -> "order " + value).to(args[2]);
		KafkaStreams streams = new KafkaStreams(builder.build(), settings);

		streams.start();
		Handed.await();
		if (args[5].equals("close"))
			streams.close();
		System.exit(0);
	}
}
