// SPDX-License-Identifier: Apache-2.0
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;

/**
 * Kafka Streams from one topic to another, and its end: close(), which flushes and commits; a
 * close() that is given less time than the last message's map takes, which has all that were
 * mapped before wait; or none.
 *
 * Streams BOOTSTRAP FROM TO COUNT at_least_once|exactly_once_v2 close|short|none
 */
public class Streams {
	static String order(String value, boolean slow) {
		if (slow)
			try {
				Thread.sleep(20000);
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			}
		return "order " + value;
	}

	public static void main(String[] args) throws Exception {
		Properties settings = new Properties();
		StreamsBuilder builder = new StreamsBuilder();
		boolean cut = args[5].equals("short");
		int count = Integer.parseInt(args[3]);

		Handed.left = new CountDownLatch(cut ? count - 1 : count);
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
		builder.<String, String>stream(args[1])
			.mapValues(value -> order(value, cut && value.equals(args[3])))
			.to(args[2]);
		KafkaStreams streams = new KafkaStreams(builder.build(), settings);

		streams.start();
		Handed.await();
		if (args[5].equals("close"))
			streams.close();
		if (cut)
			streams.close(Duration.ofMillis(200));
		System.exit(0);
	}
}
