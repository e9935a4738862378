using System.Net;
using BatchWorker.Callbacks;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Callbacks;

/// <summary>Where callbacks may go: what is refused at the door, and what is refused when the connection is made.</summary>
internal sealed class AddressTests
{
    private static readonly CallbackRules s_public = new(AllowPrivate: false, []);

    /// <summary>Every range that must not be called, by one of its addresses, and the neighbours that may.</summary>
    [TestCase("0.0.0.0", false), TestCase("0.1.2.3", false), TestCase("10.0.0.1", false), TestCase("10.255.255.255", false), TestCase("11.0.0.1", true)]
    [TestCase("100.64.0.1", false), TestCase("100.127.255.255", false), TestCase("100.128.0.1", true), TestCase("100.63.255.255", true)]
    [TestCase("127.0.0.1", false), TestCase("127.255.0.1", false), TestCase("128.0.0.1", true)]
    [TestCase("169.254.169.254", false), TestCase("169.253.0.1", true), TestCase("172.16.0.1", false), TestCase("172.31.255.255", false), TestCase("172.32.0.1", true), TestCase("172.15.0.1", true)]
    [TestCase("192.0.0.8", false), TestCase("192.0.2.1", false), TestCase("192.88.99.1", false), TestCase("192.168.1.1", false), TestCase("192.169.0.1", true)]
    [TestCase("198.18.0.1", false), TestCase("198.19.255.255", false), TestCase("198.20.0.1", true), TestCase("198.51.100.7", false), TestCase("203.0.113.7", false)]
    [TestCase("224.0.0.1", false), TestCase("239.255.255.255", false), TestCase("240.0.0.1", false), TestCase("255.255.255.255", false), TestCase("8.8.8.8", true)]
    [TestCase("::", false), TestCase("::1", false), TestCase("::127.0.0.1", false), TestCase("::ffff:127.0.0.1", false), TestCase("::ffff:10.0.0.1", false), TestCase("::ffff:8.8.8.8", true)]
    [TestCase("64:ff9b::7f00:1", false), TestCase("64:ff9b::808:808", false), TestCase("64:ff9b:1::1", false), TestCase("100::1", false), TestCase("2001::1", false), TestCase("2001:db8::1", false)]
    [TestCase("2002:7f00:1::", false), TestCase("fc00::1", false), TestCase("fd00:ec2::254", false), TestCase("fe80::1", false), TestCase("fec0::1", false), TestCase("ff02::1", false)]
    [TestCase("2606:4700::1111", true), TestCase("2a00:1450:4001::1", true)]
    public async Task An_address_is_connected_to_only_when_it_is_public(string address, bool isPublic)
    {
        Assert.That(PublicAddresses.IsPublic(IPAddress.Parse(address)), Is.EqualTo(isPublic));
        if (!isPublic)
        {
            Assert.That(await SendAsync("https://hooks.example.com/", s_public, _ => [IPAddress.Parse(address)]), Is.EqualTo(DeliveryError.Blocked));
            Assert.That(await SendAsync("https://hooks.example.com/", s_public, _ => [IPAddress.Parse("8.8.8.8"), IPAddress.Parse(address)]), Is.EqualTo(DeliveryError.Blocked), "one among public ones");
        }
    }

    [TestCase("http://127.0.0.1/"), TestCase("http://127.1/"), TestCase("http://2130706433/"), TestCase("http://0x7f000001/"), TestCase("http://0177.0.0.1/"), TestCase("http://0x7f.1/")]
    [TestCase("http://[::1]/"), TestCase("http://[::]/"), TestCase("http://[::ffff:127.0.0.1]/"), TestCase("http://[::ffff:7f00:1]/"), TestCase("http://[64:ff9b::7f00:1]/"), TestCase("http://[fe80::1%25eth0]/")]
    [TestCase("http://169.254.169.254/latest/meta-data/"), TestCase("http://0xA9FEA9FE/"), TestCase("http://2852039166/"), TestCase("http://[fd00:ec2::254]/"), TestCase("http://192.168.0.1:8080/"), TestCase("http://0/")]
    [TestCase("http://localhost/"), TestCase("http://LOCALHOST./"), TestCase("http://a.localhost/"), TestCase("http://127.0.0.1./")]
    public async Task What_names_this_machine_or_a_private_network_is_refused_at_the_door_and_never_called(string url)
    {
        Assert.That(s_public.TryRead(url, out _, out var refusal), Is.False, url);
        Assert.That(refusal, Is.Not.Empty);
        await using var receiver = await Receiver.StartAsync();
        Assert.That(await SendAsync(url, s_public, _ => [IPAddress.Loopback]), Is.EqualTo(DeliveryError.Blocked), "a job that was accepted under other settings");
        Assert.That(receiver.Calls, Is.Empty);
    }

    [TestCase("ftp://example.com/"), TestCase("file:///etc/passwd"), TestCase("gopher://example.com/"), TestCase("/relative"), TestCase("example.com"), TestCase(""), TestCase("https://")]
    [TestCase("https://user:pw@example.com/"), TestCase("https://user@example.com/"), TestCase("https://example.com/#part"), TestCase("https://example.com/#"), TestCase("https://exa\nmple.com/")]
    public void What_is_no_address_of_a_receiver_is_refused(string url) => Assert.That(s_public.TryRead(url, out _, out _), Is.False);

    [Test]
    public void An_address_may_be_long_but_not_longer()
    {
        Assert.That(s_public.TryRead("https://example.com/" + new string('a', 2_000), out _, out _), Is.True);
        Assert.That(s_public.TryRead("https://example.com/" + new string('a', 2_100), out _, out var refusal), Is.False);
        Assert.That(refusal, Does.Contain("2048"));
    }

    [TestCase("https://hooks.example.com/a?b=c", "https://hooks.example.com/a?b=c"), TestCase("HTTPS://Hooks.Example.com:443", "https://hooks.example.com/"), TestCase("https://größe.example/ü", "https://xn--gre-6ka8i.example/%C3%BC")]
    [TestCase("http://8.8.8.8:8080/x", "http://8.8.8.8:8080/x"), TestCase("https://[2606:4700::1111]/x", "https://[2606:4700::1111]/x")]
    public void An_address_is_kept_in_its_usual_form(string text, string kept)
    {
        Assert.That(s_public.TryRead(text, out var url, out _), Is.True);
        Assert.That(url!.AbsoluteUri, Is.EqualTo(kept));
    }

    [TestCase("https://hooks.example.com/", true), TestCase("https://HOOKS.example.com./", true), TestCase("https://a.example.org/", true), TestCase("https://a.b.example.org/", true)]
    [TestCase("https://example.org/", false), TestCase("https://evilexample.org/", false), TestCase("https://hooks.example.com.evil.net/", false), TestCase("https://8.8.8.8/", false)]
    public void Where_hosts_are_named_only_these_are_called(string url, bool allowed) =>
        Assert.That(new CallbackRules(AllowPrivate: false, ["hooks.example.com", "*.example.org"]).TryRead(url, out _, out _), Is.EqualTo(allowed));

    [Test]
    public async Task A_name_is_looked_up_once_for_a_connection_which_goes_to_what_was_found()
    {
        await using var receiver = await Receiver.StartAsync();
        var port = new Uri(receiver.Url).Port;
        var lookups = 0;
        Assert.That(await SendAsync($"http://hooks.example.com:{port}/", new CallbackRules(AllowPrivate: true, []), _ => [lookups++ == 0 ? IPAddress.Loopback : IPAddress.Parse("8.8.8.8")]), Is.EqualTo(DeliveryError.None));
        Assert.That((lookups, receiver.Calls.Single().Headers["host"]), Is.EqualTo((1, $"hooks.example.com:{port}")));
    }

    [Test]
    public async Task A_name_that_was_public_at_the_door_and_leads_inside_at_the_delivery_is_not_called()
    {
        await using var receiver = await Receiver.StartAsync();
        var url = $"http://rebind.example.com:{new Uri(receiver.Url).Port}/";
        Assert.That(s_public.TryRead(url, out _, out _), Is.True);
        Assert.That(await SendAsync(url, s_public, _ => [IPAddress.Loopback]), Is.EqualTo(DeliveryError.Blocked));
        Assert.That(receiver.Calls, Is.Empty);
    }

    [Test]
    public void A_proxy_of_the_environment_is_not_asked_and_no_redirect_is_followed()
    {
        using var handler = new AddressGuard(s_public, (_, _) => Task.FromResult(Array.Empty<IPAddress>())).CreateHandler();
        Assert.That((handler.UseProxy, handler.AllowAutoRedirect, handler.UseCookies), Is.EqualTo((false, false, false)));
    }

    private static async Task<DeliveryError> SendAsync(string url, CallbackRules rules, Func<string, IPAddress[]> resolve)
    {
        Assert.That(WebhookSecrets.TryParse(CallbackHarness.Secret, out var secrets), Is.True);
        using var sender = new CallbackSender(new CallbackOptions { Secrets = secrets, Rules = rules }, (host, _) => Task.FromResult(resolve(host)), new FakeTimeProvider());
        return (await sender.SendAsync(url, "job_x_succeeded", "{}"u8.ToArray(), CancellationToken.None)).Error;
    }
}
