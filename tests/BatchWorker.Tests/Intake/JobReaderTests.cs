using System.Text;
using BatchWorker.Intake;
using BatchWorker.JobTypes;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Intake;

internal sealed class JobReaderTests
{
    private readonly JobReaderHost _reader = new();

    [Test]
    public void A_job_of_three_fields_gets_the_defaults()
    {
        var job = new JobReaderHost(new IntakeOptions { MaxAttempts = 7 }).Accept(JobReaderHost.Job());
        Assert.That(job.Lane, Is.EqualTo(new Lane(Provider.OpenAi, "/v1/chat/completions", "gpt-4o", "creative_scoring")));
        Assert.That((job.Priority, job.MaxAttempts, job.InputUnits), Is.EqualTo((5, 7, 1)));
        Assert.That((job.NotBefore, job.Deadline, job.Idempotency), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)null, (BatchWorker.Queue.IdempotencyMark?)null)));
        Assert.That(job.Metadata.IsEmpty, Is.True);
    }

    [Test]
    public void Every_field_is_read()
    {
        var job = _reader.Accept(JobReaderHost.Job(
            """
            "priority": 10, "endpoint": "/v1/responses", "idempotency_key": "k", "callback_url": null, "metadata": {"tenant": "acme"},
            "not_before": "2026-11-24T02:00:00+02:00", "deadline": "2026-11-25T00:00:00Z", "max_attempts": 1
            """));
        Assert.That((job.Priority, job.MaxAttempts, job.Lane.Endpoint), Is.EqualTo((10, 1, "/v1/responses")));
        Assert.That((job.NotBefore, job.Deadline), Is.EqualTo((new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero))));
        Assert.That(job.Idempotency, Is.Not.Null);
        Assert.That(Encoding.UTF8.GetString(job.Metadata.Span), Is.EqualTo("""{"tenant":"acme"}"""));
    }

    [Test]
    public void Only_white_space_between_tokens_leaves_the_data()
    {
        const string loose = "{ \"model\" :\t\"gpt-4o\",\r\n \"seed\": 9007199254740993 , \"temperature\" : 0.10, \"n\":1E+2,\n\"messages\":[ {\"content\" : \"a  b\\u00e9 \\\" \\\\\" }, [ ] ] }";
        const string tight = "{\"model\":\"gpt-4o\",\"seed\":9007199254740993,\"temperature\":0.10,\"n\":1E+2,\"messages\":[{\"content\":\"a  b\\u00e9 \\\" \\\\\"},[]]}";
        Assert.That(Encoding.UTF8.GetString(_reader.Accept(JobReaderHost.Job(data: loose)).Data.Span), Is.EqualTo(tight));
    }

    [TestCase("null", "")]
    [TestCase("7", "")]
    [TestCase("[]", "")]
    [TestCase("{}", "/job_type", "/provider", "/data")]
    [TestCase("""{"job_type":null,"provider":null,"data":null}""", "/job_type", "/provider", "/data")]
    [TestCase("""{"job_type":"","provider":"","data":{}}""", "/job_type", "/provider")]
    [TestCase("""{"job_type":1,"provider":1,"data":1}""", "/job_type", "/provider", "/data")]
    [TestCase("""{"job_type":"Bad Type!","provider":"mistral","data":[]}""", "/job_type", "/provider", "/data")]
    public void What_is_no_job_is_refused_once_for_each_field(string job, params string[] pointers) =>
        Assert.That(_reader.Refuse(job), Is.EqualTo(pointers));

    [TestCase("\"priority\":0", "/priority")]
    [TestCase("\"priority\":11", "/priority")]
    [TestCase("\"priority\":-1", "/priority")]
    [TestCase("\"priority\":2.5", "/priority")]
    [TestCase("\"priority\":1e99", "/priority")]
    [TestCase("\"priority\":\"5\"", "/priority")]
    [TestCase("\"max_attempts\":0", "/max_attempts")]
    [TestCase("\"max_attempts\":101", "/max_attempts")]
    [TestCase("\"endpoint\":\"/v1/nope\"", "/endpoint")]
    [TestCase("\"endpoint\":\"\"", "/endpoint")]
    [TestCase("\"endpoint\":5", "/endpoint")]
    [TestCase("\"not_before\":\"tomorrow\"", "/not_before")]
    [TestCase("\"not_before\":\"2026-11-24T02:00:00\"", "/not_before")]
    [TestCase("\"not_before\":\"2026-11-24T02:00:00Z\\n\"", "/not_before")]
    [TestCase("\"not_before\":\"1969-12-31T23:59:59Z\"", "/not_before")]
    [TestCase("\"not_before\":1764000000", "/not_before")]
    [TestCase("\"deadline\":\"2026-13-45T00:00:00Z\"", "/deadline")]
    [TestCase("\"deadline\":\"2026-11-23T12:00:00Z\"", "/deadline")]
    [TestCase("\"deadline\":\"2020-01-01T00:00:00Z\"", "/deadline")]
    [TestCase("\"callback_url\":\"https://example.com\"", "/callback_url")]
    [TestCase("\"idempotency_key\":\"\"", "/idempotency_key")]
    [TestCase("\"idempotency_key\":\"a b\"", "/idempotency_key")]
    [TestCase("\"idempotency_key\":\"größe\"", "/idempotency_key")]
    [TestCase("\"idempotency_key\":{}", "/idempotency_key")]
    [TestCase("\"idempotency_key\":\"\\ud800\"", "/idempotency_key")]
    [TestCase("\"metadata\":\"x\"", "/metadata")]
    [TestCase("\"metadata\":{\"a\":1}", "/metadata/a")]
    [TestCase("\"metadata\":{\"a/b~c\":null}", "/metadata/a~1b~0c")]
    [TestCase("\"priorty\":5", "/priorty")]
    [TestCase("\"a/b\":5", "/a~1b")]
    public void A_field_that_is_wrong_is_named(string field, string pointer) =>
        Assert.That(_reader.Refuse(JobReaderHost.Job(field)), Is.EqualTo(new[] { pointer }));

    [TestCase(255, true)]
    [TestCase(256, false)]
    public void A_key_has_at_most_255_characters(int length, bool accepted) =>
        Assert.That(_reader.Read(JobReaderHost.Job($"\"idempotency_key\":\"{new string('k', length)}\"")).Job is not null, Is.EqualTo(accepted));

    [TestCase("2026-11-24T02:00:00.123456789Z", 1_234_567)]
    [TestCase("2026-11-24t02:00:00.5z", 5_000_000)]
    [TestCase("2026-11-24T04:00:00.000+02:00", 0)]
    public void A_time_may_have_any_number_of_digits(string text, long ticks) =>
        Assert.That(_reader.Accept(JobReaderHost.Job($"\"not_before\":\"{text}\"")).NotBefore, Is.EqualTo(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero).AddTicks(ticks)));

    [TestCase(16, 64, 512, true)]
    [TestCase(17, 1, 1, false)]
    [TestCase(1, 65, 1, false)]
    [TestCase(1, 1, 513, false)]
    public void Metadata_has_16_pairs_of_64_and_512_characters(int pairs, int key, int value, bool accepted)
    {
        var members = Enumerable.Range(0, pairs).Select(i => $"\"{new string((char)('a' + i), key)}\":\"{string.Concat(Enumerable.Repeat("😀", value))}\"");
        Assert.That(_reader.Read(JobReaderHost.Job($"\"metadata\":{{{string.Join(',', members)}}}")).Job is not null, Is.EqualTo(accepted));
    }

    [TestCase("anthropic", "ANTHROPIC_API_KEY", """{"model":"m","messages":[]}""", "/provider")]
    [TestCase("gemini", "GEMINI_API_KEY", """{"model":"m","contents":[]}""", "/provider")]
    [TestCase("gemini", "GEMINI_API_KEY", """{"model":"m","messages":[]}""", "/provider", "/data")]
    public void A_provider_without_a_key_is_refused_with_its_variable(string provider, string variable, string data, params string[] pointers)
    {
        var reading = _reader.Read(JobReaderHost.JobOf("creative_scoring", provider, data));
        Assert.That(reading.Errors.Select(error => error.Pointer), Is.EqualTo(pointers));
        Assert.That(reading.Errors[0].Detail, Does.Contain(variable));
    }

    [Test]
    public void Job_types_of_the_configuration_are_accepted()
    {
        var reader = new JobReaderHost(new IntakeOptions { Catalog = new JobTypeCatalog(["own_type"], new Dictionary<(string, Provider), ProviderTemplate>()) });
        Assert.That(reader.Accept(JobReaderHost.Job().Replace("creative_scoring", "own_type", StringComparison.Ordinal)).Lane.JobType, Is.EqualTo("own_type"));
        Assert.That(reader.Refuse(JobReaderHost.Job()), Is.EqualTo(new[] { "/job_type" }));
    }

    [Test]
    public void A_callback_without_a_secret_is_refused_with_the_name_of_the_variable()
    {
        var reading = new JobReaderHost().Read(JobReaderHost.Job("\"callback_url\":\"https://example.com\""));
        Assert.That(reading.Errors.Single().Detail, Does.Contain("BATCH_WEBHOOK_SECRET"));
    }

    [Test]
    public void A_callback_is_kept_in_its_usual_form_and_makes_another_job_of_the_same_request()
    {
        var reader = new JobReaderHost(new IntakeOptions { Callbacks = new CallbackRules(AllowPrivate: false, []) });
        var told = reader.Accept(JobReaderHost.Job("\"callback_url\":\"HTTPS://Hooks.example.com/a?b=c\""), givenKey: "k");
        Assert.That(told.CallbackUrl, Is.EqualTo("https://hooks.example.com/a?b=c"));
        byte[] ContentOf(string more) => reader.Accept(JobReaderHost.Job(more), givenKey: "k").Idempotency!.Content;
        Assert.That(ContentOf("\"callback_url\":\"https://hooks.example.com/a?b=c\""), Is.EqualTo(told.Idempotency!.Content));
        Assert.That(ContentOf("\"callback_url\":\"https://hooks.example.com/a?b=d\""), Is.Not.EqualTo(told.Idempotency.Content));
        Assert.That(ContentOf(""), Is.Not.EqualTo(told.Idempotency.Content));
        Assert.That(ContentOf("\"callback_url\":null"), Is.EqualTo(ContentOf("")));
    }

    [TestCase("\"http://127.0.0.1/\"")]
    [TestCase("\"ftp://example.com/\"")]
    [TestCase("\"\"")]
    [TestCase("5")]
    public void A_callback_that_may_not_be_called_is_refused_where_it_stands(string url)
    {
        var reader = new JobReaderHost(new IntakeOptions { Callbacks = new CallbackRules(AllowPrivate: false, []) });
        Assert.That(reader.Refuse(JobReaderHost.Job("\"callback_url\":" + url)), Is.EqualTo(new[] { "/callback_url" }));
    }

    [Test]
    public void A_request_that_no_batch_can_hold_is_refused()
    {
        var reader = new JobReaderHost(limits: new BatchLimits(1, 72, 1));
        const string fits = """{"model":"gpt-4o","messages":[]}""";
        Assert.That(fits, Has.Length.EqualTo(72 - 40), "the model provider adds 40 bytes");
        Assert.That(reader.Read(JobReaderHost.Job(data: fits)).Job, Is.Not.Null);
        Assert.That(reader.Refuse(JobReaderHost.Job(data: fits.Replace("[]", "[1]", StringComparison.Ordinal))), Is.EqualTo(new[] { "/data" }));
    }

    [Test]
    public void No_more_than_100_errors_are_told()
    {
        var many = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"x{i}\":1"));
        Assert.That(_reader.Refuse(JobReaderHost.Job(many)), Has.Length.EqualTo(FieldError.Most));
    }

    [Test]
    public void The_pointer_to_a_very_long_name_ends_before_it()
    {
        Assert.That(_reader.Refuse(JobReaderHost.Job($"\"{new string('x', 100_000)}\":1")), Is.EqualTo(new[] { "" }));
        Assert.That(_reader.Refuse(JobReaderHost.Job($"\"metadata\":{{\"{new string('x', 100_000)}\":1}}")), Is.EqualTo(new[] { "/metadata" }));
    }
}
