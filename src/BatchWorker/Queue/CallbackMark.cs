using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Queue;

/// <summary>What the state of a job keeps of its callback: so a job's end needs no look at anything else.</summary>
/// <param name="Host">Number of the host that is called.</param>
/// <param name="Ends">How often the job has ended: the number of its event.</param>
internal readonly record struct CallbackMark(uint Host, int Ends)
{
    /// <summary>Later ends share the last number.</summary>
    private const int MostEnds = ushort.MaxValue;

    /// <summary>The job ended once more.</summary>
    public CallbackMark Next() => this with { Ends = Math.Min(Ends + 1, MostEnds) };

    public static CallbackMark Of(string url) => new(HostOf(url), 0);

    /// <summary>Names a receiver: its address without the query, which may name the job. A hash, since an address may hold secrets.</summary>
    public static string ReceiverOf(string url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(new Uri(url).GetLeftPart(UriPartial.Path)))[..16]);

    /// <summary>Deliveries to one host wait in one queue. Two hosts may share a number: then they share the queue, and nothing else.</summary>
    public static uint HostOf(string url) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes(new Uri(url).GetLeftPart(UriPartial.Authority))));
}
