// SPDX-License-Identifier: Apache-2.0
// The producer of KafkaProducer's own documentation, which simulates a blocking call with get().
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

public class Get {
    public static void main(String[] args) throws Exception {
        Properties props = new Properties();
        props.put("bootstrap.servers", args[0]);
        props.put("linger.ms", 1);
        props.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        props.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        Security.load(props);

        Producer<String, String> producer = new KafkaProducer<>(props);
        for (int i = 0; i < Integer.parseInt(args[2]); i++)
            producer.send(new ProducerRecord<String, String>(
                args[1], Integer.toString(i), Integer.toString(i))).get();

        System.out.println("sent");
    }
}
