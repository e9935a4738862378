using System.Text;
using System.Text.Json;
using BatchWorker.Simulator.Anthropic;
using CsCheck;

namespace BatchWorker.Tests.Simulator.Anthropic;

internal sealed class EnvelopeScanTests
{
    private static readonly JsonSerializerOptions[] Spelling = [new(), new() { WriteIndented = true }];

    [Test]
    public void Requests_are_found_wherever_the_body_breaks() => Gen.Select(Gen.String[Gen.Char['a', '~'], 0, 90_000].Array[1, 6], Gen.Int[1, 70_000], Gen.Bool).Sample(
        (texts, piece, isIndented) =>
        {
            var requests = texts.Select((text, i) => new { custom_id = $"{i}", @params = new { text, list = new object[] { 1, new { requests = new[] { "x" } } } } });
            var bytes = JsonSerializer.SerializeToUtf8Bytes(new { requests }, Spelling[isIndented ? 1 : 0]);
            var scan = new EnvelopeScan(100);
            using var stream = new PieceStream(bytes, piece);
            scan.Run(stream);
            Assert.That(scan.Refusal, Is.Null);
            var found = scan.Places.Select(place => JsonDocument.Parse(bytes.AsMemory((int)place.Offset, place.Length)).RootElement.GetProperty("params").GetProperty("text").GetString());
            Assert.That(found, Is.EqualTo(texts));
        },
        iter: 60);

    [TestCase("""{"requests":[{}]""")]
    [TestCase("""{"requests":[{}]}}""")]
    [TestCase("""{"requests":[{}]} {}""")]
    [TestCase("""{"requests":[{},]}""")]
    [TestCase("nothing")]
    public void What_is_no_json_is_found_at_the_end_too(string body)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(body));
        Assert.That(() => new EnvelopeScan(10).Run(stream), Throws.InstanceOf<JsonException>());
    }

    /// <summary>Gives no more than so many bytes at a time.</summary>
    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
