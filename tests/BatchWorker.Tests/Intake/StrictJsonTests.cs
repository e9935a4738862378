using System.Text;
using System.Text.Json;
using BatchWorker.Intake;
using BatchWorker.Tests.Fixtures;
using CsCheck;

namespace BatchWorker.Tests.Intake;

internal sealed class StrictJsonTests
{
    private static readonly JsonSerializerOptions s_loose = new() { WriteIndented = true };
    private static readonly string[] s_tokens = ["{", "}", "[", "]", "\"", "a", "\\u0061", "\\ud800", ":", ",", "1", " ", "null"];

    [TestCase("""{"a":1,"a":2}""", "/a")]
    [TestCase("""{"a":1,"\u0061":2}""", "/a")]
    [TestCase("""{"data":{"m":[0,{"x":1,"y/~":2,"y/~":3}]}}""", "/data/m/1/y~1~0")]
    [TestCase("""[{"a":1},{"a":1},{"b":{"a":1,"a":1}}]""", "/2/b/a")]
    [TestCase("""{"data":{"\ud800":1}}""", "/data")]
    [TestCase("""{"data":{"a":"\ud800"}}""", "/data/a")]
    [TestCase("""{"data":["\ud83d\ude00",{"a":["x","\uDC00"]}]}""", "/data/1/a/1")]
    public void What_could_be_read_in_two_ways_or_in_none_is_pointed_to(string json, string pointer) =>
        Assert.That(Fault(json)?.Pointer, Is.EqualTo(pointer));

    [TestCase("""[{"a":1},{"a":1}]""")]
    [TestCase("""{"a":{"a":{"a":1}},"A":1}""")]
    [TestCase("""{"data":{"a":"\ud83d\ude00 \\ud800"}}""")]
    public void The_same_name_in_another_object_is_another_member(string json) => Assert.That(Fault(json), Is.Null);

    [TestCase(0, 32, true)]
    [TestCase(0, 33, false)]
    [TestCase(1, 33, true)]
    [TestCase(1, 34, false)]
    [TestCase(0, 200_000, false)]
    public void Nesting_ends_at_32_below_the_job(int around, int depth, bool accepted) =>
        Assert.That(Fault(new string('[', depth) + new string(']', depth), around) is null, Is.EqualTo(accepted));

    [Test]
    public void Nesting_that_is_too_deep_is_pointed_to() =>
        Assert.That(Fault("{\"a\":" + new string('[', 32) + new string(']', 32) + "}")!.Pointer, Is.EqualTo("/a" + string.Concat(Enumerable.Repeat("/0", 31))));

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("{oops")]
    [TestCase("{\"a\":1")]
    [TestCase("{\"a\":1}}")]
    [TestCase("{\"a\":1,}")]
    [TestCase("{\"a\":01}")]
    [TestCase("{\"a\":NaN}")]
    [TestCase("{\"a\":1} // why")]
    [TestCase("'a'")]
    public void What_is_no_JSON_is_refused_with_its_place(string json) => Assert.That(Fault(json)!.Detail, Does.Match("malformed at line [0-9]+, byte [0-9]+"));

    [Test]
    public void Bytes_that_are_no_UTF_8_are_refused_wherever_they_are()
    {
        byte[] body = [.. "{\"a\":\""u8, 0xff, 0xfe, .. "\"}"u8];
        Assert.That(StrictJson.TryParse(body, 0, out _, out var error), Is.False);
        Assert.That(error!.Detail, Does.Contain("UTF-8"));
    }

    [Test]
    public void A_byte_order_mark_is_passed_over() => Assert.That(Fault("\ufeff{\"a\":1}"), Is.Null);

    [Test]
    public void No_bytes_make_it_throw() => Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.Int[0, s_tokens.Length - 1].Array[0, 40].Select(tokens => Encoding.UTF8.GetBytes(string.Concat(tokens.Select(i => s_tokens[i]))))).Sample(body =>
    {
        if (StrictJson.TryParse(body, 0, out var document, out var error))
        {
            document.Dispose();
        }
        else
        {
            Assert.That(error.Detail, Is.Not.Empty);
        }
    }, iter: 20_000);

    [Test]
    public void Minified_JSON_is_the_same_JSON_and_as_short_as_it_can_be() => AnyJson.Values.Sample(node =>
    {
        var loose = JsonSerializer.SerializeToUtf8Bytes(node, s_loose);
        var tight = JsonSerializer.SerializeToUtf8Bytes(node);
        using var document = JsonDocument.Parse(loose);
        Assert.That(Encoding.UTF8.GetString(StrictJson.Minify(document.RootElement)), Is.EqualTo(Encoding.UTF8.GetString(tight)));
    }, iter: 2000);

    private static FieldError? Fault(string json, int around = 0)
    {
        if (StrictJson.TryParse(Encoding.UTF8.GetBytes(json), around, out var document, out var error))
        {
            document.Dispose();
        }
        return error;
    }
}
