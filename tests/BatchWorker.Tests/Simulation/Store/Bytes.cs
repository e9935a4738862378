using System.Text;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>Byte strings of a store as strings with a character for each byte: compared and sorted as the bytes are.</summary>
internal static class Bytes
{
    public static string Of(RedisValue value) => value.IsNull ? "" : Encoding.Latin1.GetString((byte[])value!);

    public static string Of(RedisKey key) => Encoding.Latin1.GetString((byte[])key!);

    public static RedisValue Value(string? bytes) => bytes is null ? RedisValue.Null : Raw(bytes);

    public static byte[] Raw(string bytes) => Encoding.Latin1.GetBytes(bytes);
}
