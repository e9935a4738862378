using System.Text.Json;
using System.Text.Json.Serialization;

namespace BatchWorker.Settings;

/// <summary>How the lock file is written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DaemonAddress))]
internal sealed partial class SettingsJson : JsonSerializerContext;
