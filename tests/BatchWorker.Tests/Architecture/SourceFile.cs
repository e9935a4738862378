using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BatchWorker.Tests.Architecture;

/// <summary>A use of a type or member in a file.</summary>
internal sealed record Use(string File, int Line, ITypeSymbol Type)
{
    public string Namespace => Type.ContainingNamespace?.ToDisplayString() ?? "";

    public override string ToString() => $"{File}:{Line} uses {Type.ToDisplayString()}";
}

/// <summary>One source file and what it touches.</summary>
internal sealed class SourceFile(SyntaxTree tree, SemanticModel model)
{
    private const string RootName = "root";
    private static readonly HashSet<string> s_rootFolders = ["Settings", "Cli"];

    public string Path => tree.FilePath;

    public SyntaxNode Syntax => tree.GetRoot();

    /// <summary>The room: the first folder; files beside the rooms, and settings, belong to the root.</summary>
    public string Room => Path.Split('/') is [var folder, _, ..] && !s_rootFolders.Contains(folder) ? folder : RootName;

    /// <summary>The namespace that the folder asks for.</summary>
    public string ExpectedNamespace => string.Join('.', ["BatchWorker", .. Path.Split('/')[..^1]]);

    public string? DeclaredNamespace => Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();

    /// <summary>Every type that a name, a call, a conversion or an inferred variable in the file leads to.</summary>
    public IReadOnlyList<Use> Uses => _uses ??= [.. FindUses()];

    private IReadOnlyList<Use>? _uses;

    private IEnumerable<Use> FindUses()
    {
        foreach (var node in Syntax.DescendantNodes().Where(node => node is ExpressionSyntax or AttributeSyntax or VariableDesignationSyntax && node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is null))
        {
            foreach (var type in TypesOf(node).SelectMany(Parts).Distinct(SymbolEqualityComparer.Default).OfType<ITypeSymbol>())
            {
                yield return new Use(Path, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, type);
            }
        }
    }

    /// <summary>String literals of the file.</summary>
    public IEnumerable<(int Line, string Text)> Literals() => Syntax.DescendantTokens()
        .Where(token => token.IsKind(SyntaxKind.StringLiteralToken) || token.IsKind(SyntaxKind.InterpolatedStringTextToken))
        .Select(token => (token.GetLocation().GetLineSpan().StartLinePosition.Line + 1, token.ValueText));

    private IEnumerable<ITypeSymbol?> TypesOf(SyntaxNode node)
    {
        var symbol = model.GetSymbolInfo(node).Symbol;
        yield return symbol as ITypeSymbol;
        yield return symbol?.ContainingType;
        yield return (symbol as IMethodSymbol)?.ReturnType;
        if (node is ExpressionSyntax expression)
        {
            yield return model.GetTypeInfo(expression).Type;
            yield return model.GetTypeInfo(expression).ConvertedType;
        }
    }

    private static IEnumerable<ITypeSymbol> Parts(ITypeSymbol? type) => type switch
    {
        null => [],
        IArrayTypeSymbol array => Parts(array.ElementType),
        INamedTypeSymbol { TypeArguments.Length: > 0 } generic => generic.TypeArguments.SelectMany(Parts).Prepend(generic.OriginalDefinition),
        _ => [type],
    };
}
