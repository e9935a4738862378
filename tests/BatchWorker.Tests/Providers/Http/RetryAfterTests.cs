using BatchWorker.Providers.Http;

namespace BatchWorker.Tests.Providers.Http;

internal sealed class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    [TestCase("0", 0)]
    [TestCase("90", 90)]
    [TestCase("1.5", 1.5)]
    [TestCase("3601", 3600)]
    [TestCase("99999999999999999999999999", 3600)]
    [TestCase("Mon, 23 Nov 2026 02:00:30 GMT", 30)]
    [TestCase("Mon, 23 Nov 2026 01:00:00 GMT", 0)]
    [TestCase("Tue, 24 Nov 2026 02:00:00 GMT", 3600)]
    public void Seconds_and_dates_are_honoured_up_to_an_hour(string value, double seconds)
    {
        Assert.That(Of(("Retry-After", value)), Is.EqualTo(TimeSpan.FromSeconds(seconds)));
    }

    [TestCase("")]
    [TestCase("-5")]
    [TestCase("soon")]
    [TestCase("NaN")]
    [TestCase("-Infinity")]
    [TestCase("1e9")]
    [TestCase("Mon, 32 Nov 2026 02:00:30 GMT")]
    public void Garbage_is_no_hint(string value)
    {
        Assert.That(Of(("Retry-After", value)), Is.Null);
    }

    [Test]
    public void Milliseconds_go_first()
    {
        Assert.That(Of(("Retry-After", "2"), ("retry-after-ms", "1250")), Is.EqualTo(TimeSpan.FromMilliseconds(1_250)));
    }

    private static TimeSpan? Of(params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }
        return RetryAfter.Of(response.Headers, Now);
    }
}
