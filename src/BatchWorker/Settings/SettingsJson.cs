using System.Text.Json.Serialization;

namespace BatchWorker.Settings;

/// <summary>How the lock file is written.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SettingsJson : JsonSerializerContext;
