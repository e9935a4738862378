using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace BatchWorker.Settings;

/// <summary>Names the ledger that is configured by where it is, without its password.</summary>
internal static class LedgerAddress
{
    private const string Embedded = "embedded";

    /// <summary>Sixteen hex digits; the same for the same servers, in whatever order, database and namespace.</summary>
    public static string FingerprintOf(ConfigurationOptions? redis, string ns)
    {
        var place = redis is null ? Embedded
            : string.Join(',', [.. redis.EndPoints.Select(endPoint => endPoint.ToString()!).Order(StringComparer.Ordinal), redis.ServiceName ?? "", $"{redis.DefaultDatabase ?? 0}"]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{place}/{ns}")))[..16];
    }
}
