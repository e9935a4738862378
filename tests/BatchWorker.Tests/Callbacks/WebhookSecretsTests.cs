using BatchWorker.Callbacks;

namespace BatchWorker.Tests.Callbacks;

internal sealed class WebhookSecretsTests
{
    /// <summary>The vector of the reference implementations: libraries/csharp/StandardWebhooks.Tests/WebhookTest.cs, verifyWebhookSignWorks.</summary>
    [Test]
    public void The_reference_vector_is_signed_as_the_specification_says()
    {
        Assert.That(WebhookSecrets.TryParse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", out var secrets), Is.True);
        Assert.That(
            secrets!.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, """{"test": 2432232314}"""u8),
            Is.EqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD+bUuFWvp5fE=", 2)]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD+bUuFWvp5fE=\n", 2)]
    public void While_one_is_replaced_each_signs_the_first_one_first(string text, int signatures)
    {
        Assert.That(WebhookSecrets.TryParse(text, out var secrets), Is.True);
        var header = secrets!.Sign("a", 1, "b"u8).Split(' ');
        Assert.That(header, Has.Length.EqualTo(signatures));
        Assert.That(header, Is.Unique.And.All.StartsWith("v1,"));
        Assert.That(WebhookSecrets.TryParse(text[..38], out var first), Is.True);
        Assert.That(header[0], Is.EqualTo(first!.Sign("a", 1, "b"u8)));
        Assert.That(secrets.ToString(), Does.Not.Contain("MfKQ"));
    }

    [TestCase(""), TestCase("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), TestCase("whsec_"), TestCase("whsec_short"), TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa*w"), TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_x")]
    public void What_is_no_secret_is_refused(string text) => Assert.That(WebhookSecrets.TryParse(text, out _), Is.False);

    [Test]
    public void A_secret_is_not_longer_than_64_bytes()
    {
        Assert.That(WebhookSecrets.TryParse("whsec_" + Convert.ToBase64String(new byte[64]), out _), Is.True);
        Assert.That(WebhookSecrets.TryParse("whsec_" + Convert.ToBase64String(new byte[65]), out _), Is.False);
    }
}
