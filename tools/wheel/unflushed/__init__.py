# SPDX-License-Identifier: Apache-2.0
"""unflushed: which Kafka messages a program never got to the broker"""
