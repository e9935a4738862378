using System.Text.Json;
using System.Text.Json.Serialization;

namespace BatchWorker.Queue;

/// <summary>
/// A record that is stored as JSON. What a newer version has added to it is kept when this one writes it again, so that replicas of both may work on one
/// ledger and a version that was taken back loses nothing.
/// </summary>
internal abstract record StoredRecord
{
    /// <summary>Members that this version does not know; null for none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; } // an init accessor would be a constructor's parameter to the source generator, which this must not be
}
