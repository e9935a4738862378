using BatchWorker.Providers.Http;

namespace BatchWorker.Tests.Providers.Http;

internal sealed class RedactionTests
{
    [TestCase("Incorrect API key provided: sk-proj-Ab_1-23456789xyz. You can", "Incorrect API key provided: [redacted] You can")]
    [TestCase("Incorrect API key provided: sk-abc*********************wxyz.", "Incorrect API key provided: [redacted]")]
    [TestCase("key sk-ant-api03-abcdef0123456789 is revoked", "key [redacted] is revoked")]
    [TestCase("API key not valid: AIzaSyA0123456789abcdef", "API key not valid: [redacted]")]
    [TestCase("GET https://host/v1beta/files?key=AQ.short&alt=media", "GET https://host/v1beta/files?key=[redacted]&alt=media")]
    [TestCase("Got 'Bearer some.token-value' here", "Got 'Bearer [redacted]' here")]
    [TestCase("the key plain-and-odd is wrong", "the key [redacted] is wrong")]
    public void Keys_are_blotted_out(string text, string expected)
    {
        Assert.That(new Redaction("plain-and-odd").Clean(text), Is.EqualTo(expected));
    }

    [TestCase("Unsupported parameter: 'max_tokens'.")]
    [TestCase("a task-based, risk-free desk-lamp")]
    public void Other_text_stays(string text)
    {
        Assert.That(new Redaction(null).Clean(text), Is.EqualTo(text));
    }

    [Test]
    public void A_long_text_is_cut_at_a_thousand_characters_but_not_through_one()
    {
        var redaction = new Redaction(null);
        Assert.That(redaction.Clean(new string('x', 5_000)), Has.Length.EqualTo(1_000));
        Assert.That(redaction.Clean(new string('x', 999) + "\U0001F600"), Has.Length.EqualTo(999));
    }
}
