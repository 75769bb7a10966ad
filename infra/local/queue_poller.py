"""SQS as an event source."""

from typing import Any

from infra.local.console import say
from infra.local.delivery import Record, failed_ids
from infra.local.environment import REGION
from infra.local.poller import Functions, Poller, Surroundings
from infra.local.sources import QueueSource

BATCH_MAX = 10
WAIT_S = 1
REDELIVERY_S = (1, 2, 5, 10)
"""A failed message comes back after this, by how often it was received; AWS would wait its whole visibility time."""


class QueuePoller(Poller):
    """Messages the function reports as failed come back; the queue itself moves them to its DLQ in the end."""

    def __init__(self, service: Functions, source: QueueSource, around: Surroundings) -> None:
        super().__init__(service, source.function)
        self._source = source
        self._sqs = around.client("sqs")
        self._url = ""
        self._arn = ""

    def poll(self) -> None:
        if not self._url:
            self._url = self._sqs.get_queue_url(QueueName=self._source.queue)["QueueUrl"]
            attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
            self._arn = attributes["Attributes"]["QueueArn"]
        messages = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._source.batch_size, BATCH_MAX),
            WaitTimeSeconds=WAIT_S,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            self._hand_over(messages)

    def _hand_over(self, messages: list[dict[str, Any]]) -> None:
        ids = [message["MessageId"] for message in messages]
        try:
            result = self.service.invoke(self.function, {"Records": [self._record(message) for message in messages]})
            failed = failed_ids(result, ids)
        except Exception as error:  # noqa: BLE001 - one batch failed; the next one has its own chance
            say(self.service.name, f"{self.function}: {error}; {len(ids)} messages will be tried again", "red")
            failed = set(ids)
        for message in messages:
            if message["MessageId"] in failed:
                self._give_back(message)
        self._finish([message for message in messages if message["MessageId"] not in failed])

    def _finish(self, done: list[dict[str, Any]]) -> None:
        """What cannot be deleted comes again, and the function knows repeats."""
        entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(done)]
        if entries:
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def _give_back(self, message: dict[str, Any]) -> None:
        times = int(message["Attributes"]["ApproximateReceiveCount"])
        say(self.service.name, f"{self.function}: message {message['MessageId']} failed (time {times})", "yellow")
        self._sqs.change_message_visibility(
            QueueUrl=self._url,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=REDELIVERY_S[min(times, len(REDELIVERY_S)) - 1],
        )

    def _record(self, message: dict[str, Any]) -> Record:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {
                name: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": REGION,
        }
