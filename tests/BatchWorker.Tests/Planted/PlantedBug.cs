namespace BatchWorker.Tests.Planted;

/// <summary>A fault that is put into a copy of the sources, and the tests that must not let it pass.</summary>
/// <param name="Name">Switches it on in the test build, see <see cref="PlantedTree.Variable"/>.</param>
/// <param name="Meaning">What is wrong, for the table.</param>
internal sealed record PlantedBug(string Name, string Meaning)
{
    /// <summary>Stands in an edit for "this fault is switched on".</summary>
    public const string On = "PLANTED";

    public IReadOnlyList<PlantedEdit> Edits { get; init; } = [];

    public IReadOnlyList<NamedTest> CaughtBy { get; init; } = [];

    /// <summary>It concerns the engine that the seeded simulation drives.</summary>
    public bool IsOfTheEngine { get; init; } = true;

    /// <summary>Replaces a text of a file below <c>src/BatchWorker</c>.</summary>
    public PlantedBug At(string file, string text, string planted) =>
        this with { Edits = [.. Edits, new PlantedEdit(file, text, planted.Replace(On, $"""global::BatchWorker.Telemetry.Planted.Is("{Name}")""", StringComparison.Ordinal))] };

    public PlantedBug Catches<T>(string test) => this with { CaughtBy = [.. CaughtBy, new NamedTest(typeof(T), test)] };
}

/// <summary>One place of a fault.</summary>
/// <param name="File">Below <c>src/BatchWorker</c>.</param>
/// <param name="Text">What stands there, exactly once in the file.</param>
/// <param name="Planted">What is put there: the same, unless the fault is switched on.</param>
internal sealed record PlantedEdit(string File, string Text, string Planted);

/// <summary>A test method; a fixture that runs on each store has it once for each.</summary>
internal sealed record NamedTest(Type Fixture, string Method)
{
    public string Filter => $"(FullyQualifiedName~{Fixture.FullName}&FullyQualifiedName~.{Method})";

    public override string ToString() => $"{Fixture.Name}.{Method}";
}
