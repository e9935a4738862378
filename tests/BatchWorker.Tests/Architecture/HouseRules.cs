namespace BatchWorker.Tests.Architecture;

/// <summary>The rules of the house as data, and the search for what breaks them.</summary>
internal static class HouseRules
{
    private const string Own = "BatchWorker";

    /// <summary>Which room may import which. The root, with its settings and commands, may import everything.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Imports = new Dictionary<string, string[]>
    {
        ["Lifecycle"] = [],
        ["Telemetry"] = [],
        ["Supervision"] = [],
        ["JobTypes"] = ["Lifecycle"],
        ["Costs"] = ["Lifecycle"],
        ["Archive"] = ["Lifecycle", "Telemetry"],
        ["Queue"] = ["Lifecycle", "Telemetry", "Archive"],
        ["Providers"] = ["Lifecycle", "Telemetry"],
        ["Intake"] = ["Lifecycle", "Telemetry", "JobTypes", "Queue", "Providers"],
        ["Batching"] = ["Lifecycle", "Telemetry", "Costs", "Queue", "Providers"],
        ["Polling"] = ["Lifecycle", "Telemetry", "Queue", "Providers"],
        ["Results"] = ["Lifecycle", "Telemetry", "JobTypes", "Costs", "Archive", "Queue", "Providers"],
        ["Callbacks"] = ["Lifecycle", "Telemetry", "Queue"],
        ["Monitoring"] = ["Lifecycle", "Telemetry", "Costs", "Queue"],
        ["Control"] = ["Lifecycle", "Telemetry", "Intake", "Monitoring", "Archive", "Queue"],
    };

    /// <summary>Intake asks providers for their limits, and for nothing else.</summary>
    private static readonly string[] s_limits = ["ProviderSet", "IBatchProvider", "BatchLimits"];

    public static IEnumerable<string> Violations(House house) => house.Files.SelectMany(file => Imported(file).Concat(Foreign(file)).Concat(Folder(file)).Concat(Keys(file))).Distinct();

    private static IEnumerable<string> Imported(SourceFile file)
    {
        foreach (var use in file.Uses)
        {
            var parts = use.Namespace.Split('.');
            if (file.Room == "root" || parts[0] != Own || (parts.Length > 1 && parts[1] == file.Room))
            {
                if (parts.Length > 2 && parts[1] == "Providers" && IsSibling(file, parts[2]))
                {
                    yield return $"{use}: providers never import one another";
                }
                continue;
            }
            var room = parts.Length > 1 ? parts[1] : "root";
            if (!Imports.TryGetValue(file.Room, out var allowed) || !allowed.Contains(room))
            {
                yield return $"{use}: {file.Room} may not import {room}";
            }
            else if (file.Room == "Intake" && room == "Providers" && !s_limits.Contains(use.Type.Name))
            {
                yield return $"{use}: Intake may only ask for limits";
            }
        }
    }

    /// <summary>Redis, HTTP clients, Polly and Quartz stay in their rooms; commands speak to the daemon as any caller does.</summary>
    private static IEnumerable<string> Foreign(SourceFile file)
    {
        foreach (var use in file.Uses)
        {
            var allowed = use.Namespace switch
            {
                var ns when ns.StartsWith("StackExchange.Redis", StringComparison.Ordinal) => file.Room is "Queue" or "root",
                var ns when ns.StartsWith("Polly", StringComparison.Ordinal) || ns == "Microsoft.Extensions.Http.Resilience" => file.Room is "Providers",
                "System.Net.Http" => file.Room is "Providers" or "Callbacks" || file.Path.StartsWith("Cli/", StringComparison.Ordinal),
                var ns when ns.StartsWith("Quartz", StringComparison.Ordinal) => file.Room is "root" || file.Path.EndsWith("Tick.cs", StringComparison.Ordinal),
                _ => true,
            };
            if (!allowed)
            {
                yield return $"{use}: not in this room";
            }
        }
    }

    private static IEnumerable<string> Folder(SourceFile file)
    {
        if (file.DeclaredNamespace is { } declared && declared != file.ExpectedNamespace)
        {
            yield return $"{file.Path}: is in {declared}, its folder says {file.ExpectedNamespace}";
        }
    }

    /// <summary>A key is spelled in one place only.</summary>
    private static IEnumerable<string> Keys(SourceFile file) =>
        from literal in file.Room == "Queue" && !file.Path.EndsWith("RedisKeys.cs", StringComparison.Ordinal) ? file.Literals() : []
        where literal.Text == "}:" || (literal.Text.StartsWith('{') && literal.Text.Contains("}:", StringComparison.Ordinal))
        select $"{file.Path}:{literal.Line} spells a key";

    private static bool IsSibling(SourceFile file, string provider) =>
        file.Path.Split('/') is ["Providers", var own, ..] && own != provider && own != "Http" && provider != "Http";
}
