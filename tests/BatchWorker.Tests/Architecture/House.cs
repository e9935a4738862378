using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace BatchWorker.Tests.Architecture;

/// <summary>The sources of the daemon with everything that the compiler knows about them.</summary>
internal sealed class House
{
    private readonly CSharpCompilation _compilation;

    public House(IEnumerable<(string Path, string Text)> sources)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, options, source.Path));
        _compilation = CSharpCompilation.Create("house", trees, References(), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>The repository as it is checked out.</summary>
    public static string Root { get; } = FindRoot();

    public static House Load()
    {
        var source = Path.Combine(Root, "src", "BatchWorker");
        return new House(Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(source, path))
            .Where(path => !path.StartsWith("obj", StringComparison.Ordinal) && !path.StartsWith("bin", StringComparison.Ordinal))
            .Select(path => (path.Replace('\\', '/'), File.ReadAllText(Path.Combine(source, path))))
            .Append(("GlobalUsings.g.cs", ImplicitUsings)));
    }

    public IEnumerable<SourceFile> Files => _compilation.SyntaxTrees.Where(tree => !tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)).Select(tree => new SourceFile(tree, _compilation.GetSemanticModel(tree)));

    /// <summary>What the SDK imports by itself.</summary>
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is not ("BatchWorker.dll" or "BatchWorker.Tests.dll" or "BatchWorker.Simulator.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "BatchWorker.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests run from a build inside the repository.");
        }
        return directory.FullName;
    }
}
