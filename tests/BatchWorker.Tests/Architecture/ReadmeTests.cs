namespace BatchWorker.Tests.Architecture;

internal sealed class ReadmeTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(House.Root, "README.md")).ReplaceLineEndings("\n");

    [Test]
    public void The_life_of_a_job_is_drawn_from_its_table() => Assert.That(s_readme, Does.Contain(StateDiagram.Jobs()));

    [Test]
    public void The_life_of_a_batch_is_drawn_from_its_table() => Assert.That(s_readme, Does.Contain(StateDiagram.Batches()));
}
