using BatchWorker.Intake;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Intake;

internal sealed class IdempotencyMarkTests
{
    private const string Fields = "\"priority\":7,\"metadata\":{\"a\":\"1\",\"b\":\"2\"},\"not_before\":\"2027-01-01T00:00:00Z\",\"deadline\":\"2027-02-01T00:00:00Z\",\"max_attempts\":2";
    private static readonly string s_job = JobReaderHost.Job(Fields);
    private readonly JobReaderHost _reader = new();

    [TestCase(" : ", ":")]
    [TestCase("\"max_attempts\":2", "\"max_attempts\": 2 ")]
    [TestCase("\"a\":\"1\",\"b\":\"2\"", "\"b\":\"2\",\"a\":\"\\u0031\"")]
    [TestCase("2027-01-01T00:00:00Z", "2027-01-01T01:00:00+01:00")]
    [TestCase("\"messages\":[]", "\"messages\" : [ ]")]
    [TestCase("\"priority\":7", "\"endpoint\":\"/v1/chat/completions\",\"priority\":7")]
    public void The_same_job_written_in_another_way_is_the_same(string part, string other) =>
        Assert.That(Content(s_job.Replace(part, other, StringComparison.Ordinal)), Is.EqualTo(Content(s_job)));

    [TestCase("creative_scoring", "historical_reprocessing")]
    [TestCase("\"priority\":7", "\"priority\":8")]
    [TestCase("\"a\":\"1\"", "\"a\":\"2\"")]
    [TestCase("2027-01-01", "2027-01-02")]
    [TestCase("2027-02-01", "2027-02-02")]
    [TestCase("\"max_attempts\":2", "\"max_attempts\":3")]
    [TestCase("gpt-4o", "gpt-4o-mini")]
    [TestCase("\"messages\":[]", "\"messages\":[1.0]")]
    [TestCase("\"priority\":7", "\"endpoint\":\"/v1/responses\",\"priority\":7")]
    public void A_job_with_another_field_is_another(string part, string other) =>
        Assert.That(Content(s_job.Replace(part, other, StringComparison.Ordinal)), Is.Not.EqualTo(Content(s_job)));

    [Test]
    public void Numbers_of_the_data_are_compared_as_they_are_written() =>
        Assert.That(Content(JobReaderHost.Job(data: """{"model":"m","messages":[],"seed":1.0}""")), Is.Not.EqualTo(Content(JobReaderHost.Job(data: """{"model":"m","messages":[],"seed":1}"""))));

    [Test]
    public void A_repeated_job_is_the_same_though_the_default_of_attempts_has_changed()
    {
        var later = new JobReaderHost(new IntakeOptions { MaxAttempts = 9 });
        Assert.That(Mark(later.Accept(JobReaderHost.Job(), givenKey: "k")).Content, Is.EqualTo(Content(JobReaderHost.Job())));
    }

    [Test]
    public void A_key_in_the_job_goes_before_one_from_outside()
    {
        var own = Mark(_reader.Accept(JobReaderHost.Job("\"idempotency_key\":\"mine\""), givenKey: "outside"));
        Assert.That(own.Key, Is.EqualTo(Mark(_reader.Accept(JobReaderHost.Job(), givenKey: "mine")).Key));
        Assert.That(own.Content, Is.EqualTo(Content(JobReaderHost.Job())), "the key is no part of the job");
    }

    [Test]
    public void Keys_of_two_owners_never_meet()
    {
        byte[] KeyOf(string owner, string key) => Mark(_reader.Accept(JobReaderHost.Job(), owner, key)).Key;
        Assert.That(KeyOf("one", "k"), Is.Not.EqualTo(KeyOf("two", "k")));
        Assert.That(KeyOf("a", "bc"), Is.Not.EqualTo(KeyOf("ab", "c")));
        Assert.That(KeyOf("one", "k"), Has.Length.EqualTo(IdempotencyKeys.KeySize));
    }

    private byte[] Content(string job) => Mark(_reader.Accept(job, givenKey: "k")).Content;

    private static IdempotencyMark Mark(NewJob job) => job.Idempotency!;
}
